import type { NoiseKind } from '../../method/scores/label-noise.ts'
import { SCORE_NAMES, type ScoreName } from '../../method/scores/names.ts'
import type { ScoreStep } from '../../method/scores/source.ts'
import { UserError } from '../../user-error.ts'
import { chosenNames, expectCounts, type MeasuringOptions } from '../measured/options.ts'

export interface EvaluateOptions extends MeasuringOptions<EvaluatePlan, EvaluateStep> {
  /** λ on each side of the explainer's own, each √10 from the next; 3 unless told, 20 at most */
  readonly steps?: number
  /** Test examples whose rankings are compared; 50 unless told */
  readonly tests?: number
  /** Share of the training labels that are changed, to be found again; 0.1 unless told, 0 for none */
  readonly noise?: number
  /** What they become: any other class, as likely as the rest, or the one after; `symmetric` unless told */
  readonly pattern?: string
  /** Names of the scores by which they are looked for; all that the explainer has everything for unless told */
  readonly scores?: readonly string[]
}

/** What an evaluation will do. */
export interface EvaluatePlan {
  /** The largest first */
  readonly lambdas: readonly number[]
  readonly tests: number
  /** Whether the test examples are training examples, for want of others */
  readonly ofTraining: boolean
  readonly noise: number
  /** None where no labels are changed */
  readonly scores: readonly ScoreName[]
}

export interface EvaluateStep {
  readonly phase: 'certificate' | 'path' | 'rankings' | 'noise' | 'scores'
  readonly done: number
  readonly total: number
  /** At which the head is fitted */
  readonly lambda?: number
  /** By which labels are looked for */
  readonly score?: ScoreName
  /** How far that score is */
  readonly step?: ScoreStep
}

/** How much of what is evaluated. */
export interface Sizes {
  readonly steps: number
  readonly tests: number
  readonly noise: number
  readonly pattern: NoiseKind
  readonly seed: number
}

/** Ten powers of ten to each side: λ that are many more of them are 0 or infinite. */
const MOST_STEPS = 20

const NOISE_PATTERNS = ['symmetric', 'pair'] as const satisfies readonly NoiseKind[]

/** Errors: UserError on numbers that are not counts or too many, on a share that is none, and on other patterns. */
export function sizesOf({
  steps = 3,
  tests = 50,
  noise = 0.1,
  pattern = 'symmetric',
  seed = 1,
}: EvaluateOptions): Sizes {
  expectCounts({ steps, tests, seed }, { steps: 0, tests: 1, seed: 0 })
  if (steps > MOST_STEPS) throw new UserError('usage', `steps: ${steps}, expected ${MOST_STEPS} at most`)
  if (!(typeof noise === 'number' && noise >= 0 && noise < 1)) {
    throw new UserError('usage', `noise: ${noise}, expected a share of the labels, 0 or more and below 1`)
  }
  const known = NOISE_PATTERNS.find(name => name === pattern)
  if (!known) {
    throw new UserError(
      'usage',
      `pattern not found: ${pattern}, expected one of ${NOISE_PATTERNS.join(', ')}`,
    )
  }
  return { steps, tests, noise, pattern: known, seed }
}

/** The scores named, in the order of all; null where none are. Errors: UserError on other names. */
export function namedScores({ scores }: EvaluateOptions): readonly ScoreName[] | null {
  return scores === undefined ? null : chosenNames('score', SCORE_NAMES, scores)
}
