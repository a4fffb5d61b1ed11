import { stratifiedRows } from '../../math/stratified.ts'
import type { Explainer } from '../explainer/explainer.ts'
import type { SplitName } from '../explainer/stored-splits.ts'

/** What a split is selected and filtered by, a value an example. */
export interface ExampleColumns {
  readonly schemaVersion: 1
  readonly split: SplitName
  /** How many examples the split has; more than are here where they were sampled */
  readonly of: number
  /** Rows in the split, increasing */
  readonly rows: readonly number[]
  readonly ids: readonly string[]
  /** Class indices; null where there are none */
  readonly labels: readonly number[] | null
  /** What the given model decides where it is known, else the fitted head */
  readonly predicted: readonly number[]
  readonly fitted: readonly number[]
  /** High = worse; null for test examples and where the fit had no labels */
  readonly suspicion: readonly number[] | null
}

/** More than a person looks through, and 20 MB of JSON. */
const LIMIT = 250_000

/** The columns of a split; of a large one of a sample in which each class keeps its share. */
export async function columns(
  explainer: Explainer,
  split: SplitName,
  limit: number = LIMIT,
): Promise<ExampleColumns> {
  const { ids, labels, predicted, fitted } = await explainer.examplesOf(split)
  const groups = (labels ?? predicted).map(group => Math.max(0, group))
  const rows = Array.from(stratifiedRows(groups, limit))
  const isScored = split === 'train' && explainer.manifest.labelsFit !== null
  const suspicion = isScored ? (await explainer.suspicions()).suspicion : null
  return {
    schemaVersion: 1,
    split,
    of: predicted.length,
    rows,
    ids: rows.map(row => ids.at(row)),
    labels: labels && rows.map(row => labels[row]),
    predicted: rows.map(row => predicted[row]),
    fitted: rows.map(row => fitted[row]),
    suspicion: suspicion && rows.map(row => suspicion[row]),
  }
}
