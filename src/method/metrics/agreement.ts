import type { Matrix } from '../../math/matrix.ts'
import { columnSpearman, pearson } from './correlation.ts'

/**
 * How well values tell what leaving one example out does: Pearson's correlation over all pairs of left-out examples
 * and test points together.
 *
 * @param values and `effects`, [left-out examples, points] each
 */
export function looPearson(values: Matrix, effects: Matrix): number {
  return pearson(values.data, effects.data)
}

/**
 * The linear datamodeling score (Park et al. 2023): over subsets of the training examples, Spearman's correlation of
 * the summed values with the output of the head that was fitted to the subset, for each test point [points]; NaN
 * where all subsets say the same.
 *
 * @param sums of values over each subset, and `outputs` of refits on it, [subsets, points] each
 */
export function ldsOfPoints(sums: Matrix, outputs: Matrix): Float64Array {
  return columnSpearman(sums, outputs)
}

/** The mean linear datamodeling score over the test points that have one. */
export function lds(sums: Matrix, outputs: Matrix): number {
  const known = ldsOfPoints(sums, outputs).filter(Number.isFinite)
  return known.reduce((sum, x) => sum + x, 0) / known.length
}
