import type { TopK } from '../math/top-k.ts'

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
