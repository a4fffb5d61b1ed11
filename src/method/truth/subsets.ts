import { drawn, random } from '../../math/random.ts'

/**
 * Which examples a head is fitted again to. Without some of them the sum of the losses keeps its divisor n, as
 * influence takes it to (method.md §6); on a subset it is the mean over that. λ stays either way.
 */
export type Examples = { readonly without: ArrayLike<number> } | { readonly only: ArrayLike<number> }

/** `count` different rows of n at random, increasing, the same for the same seed; all where there are not more. */
export function randomRows(n: number, count: number, seed: number): Int32Array {
  return chosen(n, Math.min(count, n), random(seed))
}

/** Random subsets of half the rows of n, each increasing, by which attributions are scored (method.md §9). */
export function randomHalves(n: number, count: number, seed: number): Int32Array[] {
  const uniform = random(seed)
  return Array.from({ length: count }, () => chosen(n, Math.floor(n / 2), uniform))
}

const chosen = (n: number, count: number, uniform: () => number): Int32Array =>
  drawn(
    Int32Array.from({ length: n }, (_, i) => i),
    count,
    uniform,
  )
    .slice()
    .sort()
