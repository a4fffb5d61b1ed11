import { type Matrix, zeros } from '../../math/matrix.ts'
import { type Scored, TopK } from '../../math/top-k.ts'
import type { Attribution, TestPoint } from './attribution.ts'

/** The training examples at the two ends of the values for one test point. */
export interface Ends {
  /** The largest values, the largest first; ties go to the smaller row */
  readonly highest: readonly Scored[]
  /** The smallest values, the smallest first */
  readonly lowest: readonly Scored[]
}

/** The k largest and the k smallest values for each test point. */
export async function topValues(
  attribution: Attribution,
  points: readonly TestPoint[],
  k: number,
): Promise<Ends[]> {
  const ends = points.map(() => ({ highest: new TopK(k), lowest: new TopK(k) }))
  await eachValue(attribution, points, (row, point, value) => {
    const { highest, lowest } = ends[point]
    if (value >= highest.threshold) highest.offer(value, row)
    if (-value >= lowest.threshold) lowest.offer(-value, row)
  })
  return ends.map(({ highest, lowest }) => ({
    highest: highest.best(),
    lowest: lowest.read((row, score) => ({ row, score: -score })),
  }))
}

/** A score for each of n training examples: the sum of its values over the test points, what it does for all of them. */
export async function trainingScores(
  attribution: Attribution,
  points: readonly TestPoint[],
  n: number,
): Promise<Float64Array> {
  const scores = new Float64Array(n)
  await eachValue(attribution, points, (row, _, value) => {
    scores[row] += value
  })
  return scores
}

/** The values of some training examples for all test points [rows, points]. */
export async function valuesOfRows(
  attribution: Attribution,
  points: readonly TestPoint[],
  rows: ArrayLike<number>,
): Promise<Matrix<Float64Array>> {
  const out = zeros(rows.length, points.length)
  const places = new Map<number, number[]>()
  for (let k = 0; k < rows.length; k++) places.set(rows[k], [...(places.get(rows[k]) ?? []), k])
  await eachValue(attribution, points, (row, point, value) => {
    for (const place of places.get(row) ?? []) out.data[place * points.length + point] = value
  })
  return out
}

/** The summed values of each of some sets of training examples, for each test point [sets, points]. */
export async function valuesOfSets(
  attribution: Attribution,
  points: readonly TestPoint[],
  sets: readonly ArrayLike<number>[],
): Promise<Matrix<Float64Array>> {
  const out = zeros(sets.length, points.length)
  const memberships = new Map<number, number[]>()
  for (const [s, set] of sets.entries()) {
    for (let k = 0; k < set.length; k++) {
      const found = memberships.get(set[k])
      if (found) found.push(s)
      else memberships.set(set[k], [s])
    }
  }
  await eachValue(attribution, points, (row, point, value) => {
    for (const s of memberships.get(row) ?? []) out.data[s * points.length + point] += value
  })
  return out
}

async function eachValue(
  attribution: Attribution,
  points: readonly TestPoint[],
  visit: (row: number, point: number, value: number) => void,
): Promise<void> {
  for await (const { start, point, values } of attribution.values(points)) {
    const { rows, cols, data } = values
    for (let i = 0; i < rows; i++) {
      for (let t = 0; t < cols; t++) visit(start + i, point + t, data[i * cols + t])
    }
  }
}
