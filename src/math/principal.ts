import { dot, type Matrix, norm, rowOf, zeros } from './matrix.ts'
import { multiply } from './products.ts'
import { randomNormal } from './random.ts'

/** Rounds of the iteration: directions need not be exact to be orthonormal and to carry most of the rows. */
const ROUNDS = 6

/**
 * The p directions that carry most of the rows of X [m, r], about the origin: orthonormal rows [p, r], the first
 * the strongest; zeros where X has fewer than p. Subspace iteration (Golub & Van Loan 2013, section 8.2), the
 * same for the same rows on every machine.
 */
export function principalDirections(x: Matrix<Float64Array>, p: number): Matrix<Float64Array> {
  const normal = randomNormal(1)
  let directions: Matrix<Float64Array> = {
    rows: p,
    cols: x.cols,
    data: Float64Array.from({ length: p * x.cols }, normal),
  }
  orthonormalise(directions)
  const along = new Float64Array(p)
  for (let round = 0; round < ROUNDS; round++) {
    const next = zeros(p, x.cols)
    for (let i = 0; i < x.rows; i++) {
      const row = rowOf(x, i)
      multiply(directions, row, along)
      for (let b = 0; b < p; b++) addScaled(next.data, b * x.cols, row, along[b])
    }
    directions = next
    orthonormalise(directions)
  }
  return directions
}

/** Less than this share of a row is left by the rows that it depends on. */
const DEPENDENT = 1e-8

/** Gram-Schmidt along the rows, twice over so that rounding leaves them orthogonal; dependent rows become 0. */
function orthonormalise(directions: Matrix<Float64Array>): void {
  for (let b = 0; b < directions.rows; b++) {
    const row = rowOf(directions, b)
    normalise(row)
    const before = row.slice()
    for (let time = 0; time < 2; time++) {
      for (let other = 0; other < b; other++) {
        const unit = rowOf(directions, other)
        addScaled(row, 0, unit, -dot(row, unit))
      }
      if (!(dot(row, before) > DEPENDENT)) row.fill(0)
      normalise(row)
    }
  }
}

/** Makes the norm of a row 1, in two steps so that squares stay numbers; a row of zeros stays one. */
function normalise(row: Float64Array): void {
  const largest = row.reduce((max, x) => Math.max(max, Math.abs(x)), 0)
  if (largest === 0) return
  for (let a = 0; a < row.length; a++) row[a] /= largest
  const length = norm(row)
  for (let a = 0; a < row.length; a++) row[a] /= length
}

/** out[at + a] += factor x[a] */
function addScaled(out: Float64Array, at: number, x: Float64Array, factor: number): void {
  for (let a = 0; a < x.length; a++) out[at + a] += factor * x[a]
}
