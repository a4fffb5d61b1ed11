import { type Matrix, rowOf } from '../../math/matrix.ts'
import { columnSpearman, pearson } from './correlation.ts'

/**
 * How well values tell what leaving one example out does: Pearson's correlation over all pairs of left-out examples
 * and test points together, but those whose effect is not known.
 *
 * @param values and `effects`, [left-out examples, points] each
 */
export function looPearson(values: Matrix, effects: Matrix): number {
  const [known, of] = knownRows(effects, values)
  return pearson(of.data, known.data)
}

/** The rows of a matrix that are known throughout, and the same ones of another. */
function knownRows(truth: Matrix, other: Matrix): [Matrix, Matrix] {
  const rows = Array.from({ length: truth.rows }, (_, i) => i).filter(i =>
    rowOf(truth, i).every(Number.isFinite),
  )
  const chosen = (matrix: Matrix): Matrix => ({
    rows: rows.length,
    cols: matrix.cols,
    data: Float64Array.from(rows.flatMap(i => Array.from(rowOf(matrix, i)))),
  })
  return rows.length === truth.rows ? [truth, other] : [chosen(truth), chosen(other)]
}

/**
 * The linear datamodeling score (Park et al. 2023): over subsets of the training examples, Spearman's correlation of
 * the summed values with the output of the head that was fitted to the subset, for each test point [points]; NaN
 * where all subsets say the same. Subsets without a refit are passed over.
 *
 * @param sums of values over each subset, and `outputs` of refits on it, [subsets, points] each
 */
export function ldsOfPoints(sums: Matrix, outputs: Matrix): Float64Array {
  const [known, of] = knownRows(outputs, sums)
  return columnSpearman(of, known)
}

/** The mean linear datamodeling score over the test points that have one. */
export function lds(sums: Matrix, outputs: Matrix): number {
  const known = ldsOfPoints(sums, outputs).filter(Number.isFinite)
  return known.reduce((sum, x) => sum + x, 0) / known.length
}
