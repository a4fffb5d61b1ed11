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
export function choleskySolve({ rows: n, data: l }: Matrix<Float64Array>, b: Float64Array): Float64Array {
  const m = b.length / n
  const x = b.slice()
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < i; k++) {
      const factor = l[i * n + k]
      for (let j = 0; j < m; j++) x[i * m + j] -= factor * x[k * m + j]
    }
    for (let j = 0; j < m; j++) x[i * m + j] /= l[i * n + i]
  }
  // Row by row of L here too: what is solved is taken out of everything before it.
  for (let i = n - 1; i >= 0; i--) {
    for (let j = 0; j < m; j++) x[i * m + j] /= l[i * n + i]
    for (let k = 0; k < i; k++) {
      const factor = l[i * n + k]
      for (let j = 0; j < m; j++) x[k * m + j] -= factor * x[i * m + j]
    }
  }
  return x
}
