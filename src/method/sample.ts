import { random } from '../math/random.ts'
import { memoryRows } from '../math/rows.ts'
import type { Problem } from './objective.ts'

/** Numbers of a sample's features at most: 128 MiB. */
export const SAMPLE_NUMBERS = 2 ** 25

/** The same problem over `count` of its examples, in memory; fewer where there are no more, or they are too large. */
export async function sampleOf(problem: Problem, count: number): Promise<Problem> {
  const { features, targets } = problem
  const rows = sampledRows(features.rows, Math.min(count, Math.ceil(SAMPLE_NUMBERS / features.cols)))
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
