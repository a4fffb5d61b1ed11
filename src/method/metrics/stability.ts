import type { Matrix } from '../../math/matrix.ts'
import { columnSpearman } from './correlation.ts'

/**
 * How much of two top lists is the same: the rows in both ÷ the length of the longer one. 1 where they hold the same
 * rows, in whatever order; NaN where both are empty.
 */
export function topOverlap(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const first = new Set(Array.from(a))
  const shared = Array.from(b).filter(row => first.has(row)).length
  return shared / Math.max(a.length, b.length)
}

/** The mean overlap of pairs of top lists, over those that are not both empty; NaN where all are. */
export function meanOverlap(a: readonly ArrayLike<number>[], b: readonly ArrayLike<number>[]): number {
  return meanOfKnown(a.map((list, t) => topOverlap(list, b[t])))
}

/**
 * The mean over test points of Spearman's correlation between two sets of values for the same training examples; over
 * the points for which neither is constant.
 *
 * @param a and `b`, [training examples, points] each
 */
export function meanRankCorrelation(a: Matrix, b: Matrix): number {
  return meanOfKnown(columnSpearman(a, b))
}

/** NaN where none is known. */
function meanOfKnown(numbers: ArrayLike<number>): number {
  const known = Array.from(numbers).filter(Number.isFinite)
  return known.reduce((sum, x) => sum + x, 0) / known.length
}
