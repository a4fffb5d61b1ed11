import { DEFAULT_SCORE, type ScoreName } from '../../method/scores/names.ts'
import type { Suspicions } from '../../method/scores/suspicion.ts'
import type { Manifest } from '../../store/manifest.ts'
import type { ExplainerReader } from '../../store/read.node.ts'
import { UserError } from '../../user-error.ts'
import type { AskedScore } from './score-labels.ts'

/** By what suspects are ranked. */
export interface Scoring extends Pick<AskedScore, 'onProgress'> {
  /** The explainer's default unless told */
  readonly score?: ScoreName
}

/**
 * What was measured to find most among classes, and where each output has a label of its own, or one example alone no
 * neighbours, what the fit with labels stores.
 */
export const defaultScoreOf = ({ task, n }: Pick<Manifest, 'task' | 'n'>): ScoreName =>
  task === 'classification' && n > 1 ? DEFAULT_SCORE : 'alpha'

/** How much the labels of an explainer's training examples are to be doubted, scored when they are first asked for. */
export class LabelScores {
  readonly #reader: ExplainerReader
  readonly #labels: Int32Array | null
  readonly #known = new Map<ScoreName, Promise<Suspicions>>()

  /** @param labels one class an example [n]; null where each output has a label of its own */
  constructor(reader: ExplainerReader, labels: Int32Array | null) {
    this.#reader = reader
    this.#labels = labels
  }

  /** Errors: UserError where `fit` had no labels, and where the explainer lacks what the score needs. */
  async by(score: ScoreName, onProgress: Scoring['onProgress']): Promise<Suspicions> {
    const { directory, manifest } = this.#reader
    if (manifest.labelsFit === null) {
      const remedy =
        manifest.task === 'units'
          ? 'a hidden layer has none, run fit without --layer to rank suspects'
          : 'run fit again with --labels to rank suspects'
      throw new UserError('not-found', `${directory}: no fit with labels in it, ${remedy}`)
    }
    const known = this.#known.get(score)
    if (known) return known
    const scored = scoreLabels(this.#reader, { score, labels: this.#labels, onProgress })
    this.#known.set(score, scored)
    // The next call tries again.
    scored.catch(() => this.#known.delete(score))
    return scored
  }
}

/** What computes scores is for those who ask for suspects. */
async function scoreLabels(reader: ExplainerReader, asked: AskedScore): Promise<Suspicions> {
  const module = await import('./score-labels.ts')
  return module.scoreLabels(reader, asked)
}
