import { random } from '../../math/random.ts'
import { memoryRows } from '../../math/rows.ts'
import type { Problem } from '../head/problem.ts'

/** Numbers of a sample's features and targets at most: 128 MiB. */
export const SAMPLE_NUMBERS = 2 ** 25

/** How many examples a sample has at most. */
export function largestSample({ features, targets }: Problem): number {
  return Math.ceil(SAMPLE_NUMBERS / (features.cols + targets.cols))
}

/** The same problem over `count` of its examples, in memory; fewer where there are no more, or they are too large. */
export async function sampleOf(problem: Problem, count: number): Promise<Problem> {
  const most = Math.min(count, largestSample(problem))
  return overRows(problem, sampledRows(problem.features.rows, most))
}

/** The same problem over some of its examples, in memory. */
export async function overRows(problem: Problem, rows: Uint32Array): Promise<Problem> {
  const { features, targets } = problem
  return {
    ...problem,
    features: memoryRows(await features.fetch(rows)),
    targets: memoryRows(await targets.fetch(rows)),
  }
}

/**
 * `count` rows of n in order, one at random of each of as many stretches of them: data may be sorted, or go round
 * in a period.
 */
export function sampledRows(n: number, count: number): Uint32Array {
  const uniform = random(0)
  const size = Math.min(n, count)
  const edge = (k: number): number => Math.floor((k * n) / size)
  return Uint32Array.from(
    { length: size },
    (_, k) => edge(k) + Math.floor(uniform() * (edge(k + 1) - edge(k))),
  )
}

/** Rows that stand for all. */
export interface WeightedRows {
  readonly rows: Uint32Array
  /** How many rows each stands for, over the mean of that */
  readonly weights: Float32Array
}

/** How much of its chance a row has whatever its size. */
const EVEN = 0.1

/**
 * About `count` rows in order, each with a chance that grows with its size and a weight of one over it, so that
 * weighted sums are those over all rows on average, and nearly so each time where sizes say how much a row adds
 * (systematic sampling with probability proportional to size, Madow 1949).
 *
 * @param sizes none of them negative [n]
 */
export function rowsBySize(sizes: ArrayLike<number>, count: number): WeightedRows {
  const n = sizes.length
  if (count >= n) {
    return { rows: Uint32Array.from({ length: n }, (_, i) => i), weights: new Float32Array(n).fill(1) }
  }
  let sum = 0
  for (let i = 0; i < n; i++) sum += sizes[i]
  const rows: number[] = []
  const weights: number[] = []
  let passed = random(0)()
  for (let i = 0; i < n; i++) {
    const share = sum > 0 ? (1 - EVEN) * (sizes[i] / sum) + EVEN / n : 1 / n
    const chance = Math.min(1, count * share)
    const before = Math.floor(passed)
    passed += chance
    if (Math.floor(passed) === before) continue
    rows.push(i)
    weights.push(1 / chance)
  }
  const scale = rows.length / n
  return { rows: Uint32Array.from(rows), weights: Float32Array.from(weights, weight => weight * scale) }
}
