import { random } from '../../math/random.ts'

/** `count` different rows of n at random, increasing, the same for the same seed; all where there are not more. */
export function randomRows(n: number, count: number, seed: number): Int32Array {
  return chosen(n, Math.min(count, n), random(seed))
}

/** Random subsets of half the rows of n, each increasing, by which attributions are scored (method.md §9). */
export function randomHalves(n: number, count: number, seed: number): Int32Array[] {
  const uniform = random(seed)
  return Array.from({ length: count }, () => chosen(n, Math.floor(n / 2), uniform))
}

/** The first of an order at random, as far as it is needed (Fisher and Yates). */
function chosen(n: number, count: number, uniform: () => number): Int32Array {
  const rows = Int32Array.from({ length: n }, (_, i) => i)
  for (let k = 0; k < count; k++) {
    const other = k + Math.floor(uniform() * (n - k))
    const row = rows[other]
    rows[other] = rows[k]
    rows[k] = row
  }
  return rows.slice(0, count).sort()
}
