import type { Suspect } from '../explainer/suspect.ts'

/** How a head fitted to the labels does. */
export interface Standing {
  readonly n: number
  /** Shares, by the labels as they then are; null where there are none */
  readonly accuracy: { readonly train: number | null; readonly test: number | null }
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
