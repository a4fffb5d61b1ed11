import { type Matrix, zeros } from '../../math/matrix.ts'
import { TopK } from '../../math/top-k.ts'

/** One place of a confusion matrix, by indices of classes. */
export interface Cell {
  /** The true class */
  readonly label: number
  readonly predicted: number
  /** How many examples stand in it */
  readonly count: number
}

/** The confusion matrix [c, c]: how many examples of each class (rows) are predicted each class (columns). */
export function confusionMatrix(
  labels: ArrayLike<number>,
  predicted: ArrayLike<number>,
  c: number,
): Matrix<Float64Array> {
  const matrix = zeros(c, c)
  for (let i = 0; i < labels.length; i++) matrix.data[labels[i] * c + predicted[i]]++
  return matrix
}

/** The mistakes of a confusion matrix, the most frequent first; ties by true class, then by prediction. */
export function rankCells({ rows, cols, data }: Matrix): Cell[] {
  const cells: Cell[] = []
  for (let label = 0; label < rows; label++) {
    for (let predicted = 0; predicted < cols; predicted++) {
      const count = data[label * cols + predicted]
      if (label !== predicted && count > 0) cells.push({ label, predicted, count })
    }
  }
  return cells.sort((a, b) => b.count - a.count || a.label - b.label || a.predicted - b.predicted)
}

/** The rows of the examples of true class a that are predicted b. */
export function rowsOfCell(
  labels: ArrayLike<number>,
  predicted: ArrayLike<number>,
  a: number,
  b: number,
): number[] {
  const rows: number[] = []
  for (let i = 0; i < labels.length; i++) if (labels[i] === a && predicted[i] === b) rows.push(i)
  return rows
}

export interface Frequency {
  readonly row: number
  /** In how many of the lists it stands */
  readonly times: number
}

/** The k rows that stand in most of some lists of distinct rows; ties go to the smaller row. */
export function mostFrequentRows(lists: Iterable<Iterable<number>>, k: number): Frequency[] {
  const times = new Map<number, number>()
  for (const list of lists) for (const row of list) times.set(row, (times.get(row) ?? 0) + 1)
  const most = new TopK(Math.min(k, times.size))
  for (const [row, count] of times) most.offer(count, row)
  return most.best().map(({ row, score }) => ({ row, times: score }))
}

/** How one confusion stands among all mistakes of its true class. */
export interface ConfusionShare {
  /** Examples of the true class that are predicted any other class */
  readonly mistakes: number
  /** Those of them that stand in the cell */
  readonly same: number
  /** same / mistakes; null without mistakes */
  readonly share: number | null
  /** 1 where no other confusion of the true class is more frequent; null where this one does not occur */
  readonly rank: number | null
}

export function confusionShare({ cols, data }: Matrix, a: number, b: number): ConfusionShare {
  const row = data.subarray(a * cols, (a + 1) * cols)
  const same = row[b]
  let mistakes = 0
  let larger = 0
  row.forEach((count, predicted) => {
    if (predicted === a) return
    mistakes += count
    larger += Number(count > same)
  })
  return {
    mistakes,
    same,
    share: mistakes === 0 ? null : same / mistakes,
    rank: same === 0 ? null : larger + 1,
  }
}
