import type { Suspect } from '../explainer/suspect.ts'

/** By the labels as they then are */
interface OfSplits {
  readonly train: number | null
  readonly test: number | null
}

/** How a head fitted to the labels does. */
export interface Standing {
  readonly n: number
  /** The share of examples that are taken for their class; null where labels are no classes, or there are none */
  readonly accuracy: OfSplits
  /** F1 over all outputs of all examples (micro-averaged), where each output says yes or no; null elsewhere */
  readonly f1: OfSplits
  /** R², averaged over outputs, where labels are numbers; null elsewhere */
  readonly r2: OfSplits
  /** How many training examples the fit takes for another class than their label */
  readonly disputed: number
  /** The most suspect, the worst first */
  readonly suspects: readonly Suspect[]
}

/** What `relabel` answers: a new explainer, fitted with the corrections. */
export interface RelabelAnswer {
  readonly schemaVersion: 1
  readonly explainer: string
  readonly out: string
  readonly relabelled: number
  readonly excluded: number
  readonly kept: number
  /** Marked for review: as they were */
  readonly review: number
  readonly before: Standing
  readonly after: Standing
  readonly warnings: readonly string[]
}
