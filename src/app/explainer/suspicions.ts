import type { ScoreName } from '../../method/scores/names.ts'
import type { ExplainerReader } from '../../store/read.node.ts'
import { UserError } from '../../user-error.ts'
import { LABELS_FIT } from './files.node.ts'
import type { AskedDoubts, LabelDoubts, RankedSuspicion } from './label-doubts.ts'

/** By what suspects are ranked. */
export interface Scoring extends Pick<AskedDoubts, 'onProgress'> {
  /** The explainer's default unless told */
  readonly score?: ScoreName
}

/** How much the labels of an explainer's training examples are to be doubted, scored when they are first asked for. */
export class Suspicions {
  readonly #reader: ExplainerReader
  readonly #labels: Int32Array | null
  readonly #doubts = new Map<ScoreName, Promise<LabelDoubts>>()

  /** @param labels one class an example [n]; null where each output has a label of its own */
  constructor(reader: ExplainerReader, labels: Int32Array | null) {
    this.#reader = reader
    this.#labels = labels
  }

  /** The k worst. Errors: UserError where `fit` had no labels, and where the explainer lacks what the score needs. */
  async worst(
    k: number,
    { score, onProgress }: Scoring & { readonly score: ScoreName },
  ): Promise<RankedSuspicion[]> {
    const { directory, manifest } = this.#reader
    if (!this.#reader.has(`${LABELS_FIT}alpha.npy`)) {
      const remedy =
        manifest.task === 'units'
          ? 'a hidden layer has none, run fit without --layer to rank suspects'
          : 'run fit again with --labels to rank suspects'
      throw new UserError('not-found', `${directory}: no fit with labels in it, ${remedy}`)
    }
    return (await this.#scored(score, onProgress)).worst(k)
  }

  #scored(score: ScoreName, onProgress: Scoring['onProgress']): Promise<LabelDoubts> {
    const known = this.#doubts.get(score)
    if (known) return known
    const doubts = doubtLabels(this.#reader, { score, labels: this.#labels, onProgress })
    this.#doubts.set(score, doubts)
    // The next call tries again.
    doubts.catch(() => this.#doubts.delete(score))
    return doubts
  }
}

/** What computes scores is for those who ask for suspects. */
async function doubtLabels(reader: ExplainerReader, asked: AskedDoubts): Promise<LabelDoubts> {
  const { labelDoubts } = await import('./label-doubts.ts')
  return labelDoubts(reader, asked)
}
