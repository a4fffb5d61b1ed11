import type { Explainer } from './explainer.ts'

/** A training example whose label is doubted. Labels are indices. */
export interface Suspect {
  /** 1 for the worst */
  readonly rank: number
  readonly row: number
  readonly id: string
  /** As given */
  readonly label: number
  /** The argmax of the explained fit; the label itself where that agrees with it */
  readonly suggested: number
  /** The given model's argmax where it is known, else the fitted head's */
  readonly predicted: number
  /** |α_{i,yᵢ}| of the fit with labels; high = worse */
  readonly suspicion: number
}

/** Suspects, the worst first. Errors: UserError where `fit` had no labels. */
export async function suspectsOf(explainer: Explainer, k = explainer.manifest.n): Promise<Suspect[]> {
  const { ids, labels, fitted, predicted } = explainer.examples
  const ranked = await explainer.rankSuspects(k)
  return ranked.map(({ row, suspicion }, i) => ({
    rank: i + 1,
    row,
    id: ids[row],
    label: labels?.[row] ?? -1,
    suggested: fitted[row],
    predicted: predicted[row],
    suspicion,
  }))
}
