import type { Matrix } from './matrix.ts'

/**
 * The lower triangle L with A = LLᵀ, of a symmetric positive definite A [n, n]; null where A is not
 * positive definite in double precision (Golub & Van Loan 2013, algorithm 4.2.1).
 */
export function cholesky({ rows: n, data }: Matrix<Float64Array>): Matrix<Float64Array> | null {
  const l = new Float64Array(n * n)
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = data[i * n + j]
      for (let k = 0; k < j; k++) sum -= l[i * n + k] * l[j * n + k]
      if (i !== j) l[i * n + j] = sum / l[j * n + j]
      else if (sum > 0) l[i * n + i] = Math.sqrt(sum)
      else return null
    }
  }
  return { rows: n, cols: n, data: l }
}

/** X with LLᵀX = B, for L of `cholesky` and B [n, m] row-major. */
export function choleskySolve(l: Matrix<Float64Array>, b: Float64Array): Float64Array {
  const x = b.slice()
  const m = b.length / l.rows
  for (let j = 0; j < m; j++) solveColumn(l, x, j, m)
  return x
}

/**
 * Column j of X in place of column j of B [n, m]. Both passes go along the rows of L, as it lies in memory: the
 * second takes what is solved out of everything before it.
 */
function solveColumn(
  { rows: n, data: l }: Matrix<Float64Array>,
  x: Float64Array,
  j: number,
  m: number,
): void {
  const column = new Float64Array(n)
  for (let i = 0; i < n; i++) {
    const row = i * n
    let sum = x[i * m + j]
    for (let k = 0; k < i; k++) sum -= l[row + k] * column[k]
    column[i] = sum / l[row + i]
  }
  for (let i = n - 1; i >= 0; i--) {
    const row = i * n
    const solved = column[i] / l[row + i]
    for (let k = 0; k < i; k++) column[k] -= l[row + k] * solved
    x[i * m + j] = solved
  }
}
