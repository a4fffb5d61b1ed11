import { type Matrix, zeros } from '../../math/matrix.ts'
import { type Scored, TopK } from '../../math/top-k.ts'
import type { Stoppable } from '../curvature/stoppable.ts'
import type { Attribution, TestPoint } from './attribution.ts'

/** The training examples at the two ends of the values for one test point. */
export interface Ends {
  /** The largest values, the largest first; ties go to the smaller row */
  readonly highest: readonly Scored[]
  /** The smallest values, the smallest first */
  readonly lowest: readonly Scored[]
}

/** What is made of the values for all pairs, of which none is kept. */
export interface Collector<Answer> {
  take(row: number, point: number, value: number): void
  answer(): Answer
}

/** Gives every value to each of some collectors, in one pass over the training examples. */
export async function collect(
  attribution: Attribution,
  points: readonly TestPoint[],
  collectors: readonly Collector<unknown>[],
  { signal }: Stoppable = {},
): Promise<void> {
  for await (const { start, point, values } of attribution.values(points)) {
    signal?.throwIfAborted()
    const { rows, cols, data } = values
    for (const collector of collectors) {
      for (let i = 0; i < rows; i++) {
        for (let t = 0; t < cols; t++) collector.take(start + i, point + t, data[i * cols + t])
      }
    }
  }
}

/** The k largest and the k smallest values for each of so many test points. */
export function endsCollector(points: number, k: number): Collector<Ends[]> {
  const ends = Array.from({ length: points }, () => ({ highest: new TopK(k), lowest: new TopK(k) }))
  return {
    take(row, point, value) {
      const { highest, lowest } = ends[point]
      if (value >= highest.threshold) highest.offer(value, row)
      if (-value >= lowest.threshold) lowest.offer(-value, row)
    },
    answer: () =>
      ends.map(({ highest, lowest }) => ({
        highest: highest.best(),
        lowest: lowest.read((row, score) => ({ row, score: -score })),
      })),
  }
}

/** The values of some training examples for so many test points [rows, points]. */
export function rowsCollector(points: number, rows: ArrayLike<number>): Collector<Matrix<Float64Array>> {
  const out = zeros(rows.length, points)
  const places = new Map<number, number[]>()
  for (let k = 0; k < rows.length; k++) places.set(rows[k], [...(places.get(rows[k]) ?? []), k])
  return {
    take(row, point, value) {
      for (const place of places.get(row) ?? []) out.data[place * points + point] = value
    },
    answer: () => out,
  }
}

/** The summed values of each of some sets of training examples, for each of so many test points [sets, points]. */
export function setsCollector(
  points: number,
  sets: readonly ArrayLike<number>[],
): Collector<Matrix<Float64Array>> {
  const out = zeros(sets.length, points)
  const memberships = new Map<number, number[]>()
  for (const [s, set] of sets.entries()) {
    for (let k = 0; k < set.length; k++) {
      const found = memberships.get(set[k])
      if (found) found.push(s)
      else memberships.set(set[k], [s])
    }
  }
  return {
    take(row, point, value) {
      for (const s of memberships.get(row) ?? []) out.data[s * points + point] += value
    },
    answer: () => out,
  }
}

/** The k largest and the k smallest values for each test point. */
export function topValues(
  attribution: Attribution,
  points: readonly TestPoint[],
  k: number,
): Promise<Ends[]> {
  return collected(attribution, points, endsCollector(points.length, k))
}

/** A score for each of n training examples: the sum of its values over the test points, what it does for all of them. */
export async function trainingScores(
  attribution: Attribution,
  points: readonly TestPoint[],
  n: number,
): Promise<Float64Array> {
  const scores = new Float64Array(n)
  await collect(attribution, points, [
    {
      take(row, _, value) {
        scores[row] += value
      },
      answer: () => scores,
    },
  ])
  return scores
}

/** The values of some training examples for all test points [rows, points]. */
export function valuesOfRows(
  attribution: Attribution,
  points: readonly TestPoint[],
  rows: ArrayLike<number>,
): Promise<Matrix<Float64Array>> {
  return collected(attribution, points, rowsCollector(points.length, rows))
}

/** The summed values of each of some sets of training examples, for each test point [sets, points]. */
export function valuesOfSets(
  attribution: Attribution,
  points: readonly TestPoint[],
  sets: readonly ArrayLike<number>[],
): Promise<Matrix<Float64Array>> {
  return collected(attribution, points, setsCollector(points.length, sets))
}

async function collected<Answer>(
  attribution: Attribution,
  points: readonly TestPoint[],
  collector: Collector<Answer>,
): Promise<Answer> {
  await collect(attribution, points, [collector])
  return collector.answer()
}
