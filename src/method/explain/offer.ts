import type { TopK } from '../../math/top-k.ts'

/** Rounding of norms, products and sums, far above what 2⁻⁵³ can add up to over any number of features. */
export const SLACK = 1 + 1e-9

/** Whether nothing within the bound can enter a heap; strictly, or ties would be lost. */
export function isBehind(bound: number, same: TopK, opposite: TopK): boolean {
  return bound === 0 || (bound < same.threshold && bound < opposite.threshold)
}

/**
 * Offers the value of one row, by its size.
 *
 * @param size |α|
 * @param same takes it where the similarity is positive, `opposite` where it is negative
 */
export function offer(size: number, similarity: number, row: number, same: TopK, opposite: TopK): void {
  const score = size * similarity
  if (score > 0) same.offer(score, row, similarity)
  else if (score < 0) opposite.offer(-score, row, similarity)
}
