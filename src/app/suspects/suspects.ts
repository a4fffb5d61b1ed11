import type { Task } from '../../method/head/task.ts'
import { UserError } from '../../user-error.ts'
import { defaultScoreOf } from '../explainer/label-scores.ts'
import { openExplainer } from '../explainer/open.ts'
import { type Speakers, speakersOf } from '../explainer/speakers.ts'
import { type Suspect, suspectsOf } from '../explainer/suspect.ts'
import { type WrittenPage, writeSuspects } from '../show/html.ts'
import { expectHtmlName } from '../show/output-files.ts'
import { SCORE_NAMES, type ScoreName, type ScoreStep } from './score-names.ts'

export interface SuspectsOptions {
  readonly directory: string
  /** How many at most; all unless told. */
  readonly k?: number
  /** By what they are ranked; `neighbour-head` unless told */
  readonly score?: ScoreName
  /** Compare every checksum of the explainer first. */
  readonly verify?: boolean
  /** How much of the explainer is held in memory at most: bytes, or text such as `2GiB`; all of it unless told. */
  readonly memory?: number | string
  /** Write a page with the pictures too, the first 500 at most. */
  readonly html?: string
  /** Told what is done for a score that is not kept with the explainer */
  readonly onProgress?: ((step: ScoreStep) => void) | undefined
}

/** A suspect, and what speaks for its label and against it: of as many as were asked for, unasked of the first 500, else null. */
export interface RankedSuspect extends Suspect {
  readonly speakers: Speakers | null
}

/** More than a person looks through. */
const SPOKEN_OF_UNASKED = 500

export interface SuspectsAnswer {
  readonly schemaVersion: 1
  readonly explainer: string
  readonly task: Task
  /** Names of the classes; null where `fit` was given none */
  readonly classes: readonly string[] | null
  /** Names of the outputs; null where they go by their indices */
  readonly outputs: readonly string[] | null
  /** How many training examples were ranked */
  readonly n: number
  /** By what they were ranked */
  readonly score: ScoreName
  /** The worst first */
  readonly suspects: readonly RankedSuspect[]
  /** The page that was written; null where none was asked for */
  readonly page: WrittenPage | null
}

/**
 * Ranks the training examples by how much their labels are to be doubted, the worst first. Errors: UserError where
 * there are no labels, on a score that does not exist, and on one that needs what the explainer lacks.
 */
export async function suspects({
  directory,
  k,
  score,
  html,
  onProgress,
  ...opening
}: SuspectsOptions): Promise<SuspectsAnswer> {
  if (k !== undefined && !(Number.isInteger(k) && k >= 0)) {
    throw new UserError('usage', `k: ${k}, expected a whole number, 0 or more`)
  }
  if (score !== undefined && !SCORE_NAMES.includes(score)) {
    throw new UserError('usage', `score not found: ${score}, expected one of ${SCORE_NAMES.join(', ')}`)
  }
  if (html !== undefined) expectHtmlName(html)
  const explainer = await openExplainer(directory, opening)
  try {
    const by = score ?? defaultScoreOf(explainer.manifest)
    const ranked = await suspectsOf(explainer, k, { score: by, onProgress })
    const spoken: RankedSuspect[] = []
    for (const suspect of ranked) {
      const speakers = spoken.length < (k ?? SPOKEN_OF_UNASKED) ? await speakersOf(explainer, suspect) : null
      spoken.push({ ...suspect, speakers })
    }
    return {
      schemaVersion: 1,
      explainer: directory,
      task: explainer.manifest.task,
      classes: explainer.manifest.classes,
      outputs: explainer.names.outputs,
      n: explainer.manifest.n,
      score: by,
      suspects: spoken,
      page: html === undefined ? null : await writeSuspects(explainer, spoken, by, html),
    }
  } finally {
    await explainer.close()
  }
}
