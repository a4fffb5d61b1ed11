import type { Explainer } from '../explainer/explainer.ts'
import type { SplitName } from '../explainer/stored-splits.ts'

/** Which examples of a split. */
export interface ExamplesQuery {
  readonly split: SplitName
  readonly offset: number
  readonly limit: number
  /** Only those of this label, or that are predicted this, by index */
  readonly label?: number
  readonly predicted?: number
  /** Only those whose label is not what is predicted */
  readonly mistaken?: boolean
}

/** An example as it is listed. Labels and predictions are indices. */
export interface ListedExample {
  readonly row: number
  readonly id: string
  /** null where there is none */
  readonly label: number | null
  /** What the given model decides where it is known, else the fitted head */
  readonly predicted: number
  readonly fitted: number
}

export interface ExamplesPage {
  readonly schemaVersion: 1
  readonly split: SplitName
  /** How many examples were asked for, on all pages */
  readonly total: number
  readonly offset: number
  readonly examples: readonly ListedExample[]
}

/** Lists examples of a split by row, page by page. */
export async function examplesPage(explainer: Explainer, query: ExamplesQuery): Promise<ExamplesPage> {
  const { split, offset, limit, label, predicted, mistaken = false } = query
  const examples = await explainer.examplesOf(split)
  const { labels } = examples
  const isAskedFor = (row: number): boolean =>
    (label === undefined || labels?.[row] === label) &&
    (predicted === undefined || examples.predicted[row] === predicted) &&
    (!mistaken || (labels !== null && labels[row] !== examples.predicted[row]))
  const listed: ListedExample[] = []
  let total = 0
  for (let row = 0; row < examples.ids.length; row++) {
    if (!isAskedFor(row)) continue
    if (total >= offset && listed.length < limit) {
      listed.push({
        row,
        id: examples.ids.at(row),
        label: labels?.[row] ?? null,
        predicted: examples.predicted[row],
        fitted: examples.fitted[row],
      })
    }
    total++
  }
  return { schemaVersion: 1, split, total, offset, examples: listed }
}
