import { random } from '../math/random.ts'
import { memoryRows } from '../math/rows.ts'
import type { Problem } from './objective.ts'

/** The same problem over `count` of its examples, in memory; all of them where there are no more. */
export async function sampleOf(problem: Problem, count: number): Promise<Problem> {
  const { features, targets } = problem
  const rows = sampledRows(features.rows, count)
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
