import { UserError } from '../user-error.ts'
import { type Explainer, openExplainer } from './explainer.ts'

export interface SuspectsOptions {
  readonly directory: string
  /** How many at most; all unless told. */
  readonly k?: number
  readonly verify?: boolean
}

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

export interface SuspectsAnswer {
  readonly schemaVersion: 1
  readonly explainer: string
  readonly classes: readonly string[] | null
  /** How many training examples were ranked */
  readonly n: number
  readonly suspects: readonly Suspect[]
}

/** Ranks the training examples by how much their labels are to be doubted, the worst first. */
export async function suspects({ directory, k, verify = false }: SuspectsOptions): Promise<SuspectsAnswer> {
  if (k !== undefined && !(Number.isInteger(k) && k >= 0)) {
    throw new UserError('usage', `k: ${k}, expected a whole number, 0 or more`)
  }
  const explainer = await openExplainer(directory, { verify })
  return {
    schemaVersion: 1,
    explainer: directory,
    classes: explainer.manifest.classes,
    n: explainer.manifest.n,
    suspects: await suspectsOf(explainer, k),
  }
}

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
