import { dot, type Matrix, norm, rowOf, zeros } from './matrix.ts'

export interface Eigen {
  /** In no order [n] */
  readonly values: Float64Array
  /** Row b is the eigenvector of value b [n, n] */
  readonly vectors: Matrix<Float64Array>
}

/**
 * Eigenvalues and orthonormal eigenvectors of a symmetric matrix [n, n]: Householder's reduction to a tridiagonal
 * matrix, then implicit QR steps with Wilkinson's shift (Golub & Van Loan 2013, algorithms 8.3.1 and 8.3.3).
 *
 * A generator: of n³ operations, it can be left alone after every n² or so.
 */
export function* symmetricEigen(matrix: Matrix<Float64Array>): Generator<void, Eigen> {
  const { diagonal, beside, vectors } = yield* tridiagonalise(matrix)
  const n = diagonal.length
  const negligible = Number.EPSILON * norm([norm(diagonal), Math.SQRT2 * norm(beside)])
  for (let high = n - 1; high > 0; ) {
    if (Math.abs(beside[high - 1]) <= negligible) {
      high--
      continue
    }
    let low = high - 1
    while (low > 0 && Math.abs(beside[low - 1]) > negligible) low--
    qrStep(diagonal, beside, vectors, low, high)
    yield
  }
  return { values: diagonal, vectors }
}

interface Tridiagonal {
  readonly diagonal: Float64Array
  readonly beside: Float64Array
  /** V with A = VᵀTV */
  readonly vectors: Matrix<Float64Array>
}

function* tridiagonalise(matrix: Matrix<Float64Array>): Generator<void, Tridiagonal> {
  const { rows: n } = matrix
  const a = { ...matrix, data: matrix.data.slice() }
  const vectors = zeros(n, n)
  for (let i = 0; i < n; i++) vectors.data[i * n + i] = 1
  const mirrors: { readonly v: Float64Array; readonly scale: number }[] = []
  for (let k = 0; k < n - 2; k++) {
    const v = rowOf(a, k).slice(k + 1)
    const length = norm(v)
    v[0] += Math.sign(v[0] || 1) * length
    const scale = length === 0 ? 0 : 2 / dot(v, v)
    mirrors.push({ v, scale })
    mirrorBothSides(a, k, v, scale)
    yield
  }
  for (const [k, { v, scale }] of [...mirrors.entries()].reverse()) {
    mirrorColumns(vectors, k, v, scale)
    yield
  }
  return {
    diagonal: Float64Array.from({ length: n }, (_, i) => a.data[i * n + i]),
    beside: Float64Array.from({ length: Math.max(0, n - 1) }, (_, i) => a.data[i * n + i + 1]),
    vectors,
  }
}

/** P A P of the rows and columns behind k, P = I − scale · vvᵀ, and row k of it. */
function mirrorBothSides(a: Matrix<Float64Array>, k: number, v: Float64Array, scale: number): void {
  const n = a.cols
  const behind = k + 1
  const row = rowOf(a, k).subarray(behind)
  const along = scale * dot(v, row)
  for (let j = 0; j < v.length; j++) row[j] -= along * v[j]
  const w = new Float64Array(v.length)
  for (let i = 0; i < v.length; i++) w[i] = scale * dot(v, rowOf(a, behind + i).subarray(behind))
  const half = (scale / 2) * dot(v, w)
  for (let i = 0; i < v.length; i++) w[i] -= half * v[i]
  for (let i = 0; i < v.length; i++) {
    const at = (behind + i) * n + behind
    for (let j = 0; j < v.length; j++) a.data[at + j] -= v[i] * w[j] + w[i] * v[j]
  }
}

/** V P for the columns behind k, of a V that is the identity in the rows and columns up to k. */
function mirrorColumns(vectors: Matrix<Float64Array>, k: number, v: Float64Array, scale: number): void {
  for (let i = k + 1; i < vectors.rows; i++) {
    const row = rowOf(vectors, i).subarray(k + 1)
    const along = scale * dot(row, v)
    for (let j = 0; j < v.length; j++) row[j] -= along * v[j]
  }
}

/** One step on rows `low` to `high`, none of whose neighbours are negligible (algorithm 8.3.2). */
function qrStep(
  diagonal: Float64Array,
  beside: Float64Array,
  vectors: Matrix<Float64Array>,
  low: number,
  high: number,
): void {
  const last = beside[high - 1]
  const half = (diagonal[high - 1] - diagonal[high]) / 2
  const shift = diagonal[high] - last ** 2 / (half + Math.sign(half || 1) * Math.hypot(half, last))
  let x = diagonal[low] - shift
  let bulge = beside[low]
  for (let k = low; k < high; k++) {
    const length = Math.hypot(x, bulge)
    const [c, s] = length === 0 ? [1, 0] : [x / length, bulge / length]
    if (k > low) beside[k - 1] = length
    const [p, q, r] = [diagonal[k], beside[k], diagonal[k + 1]]
    diagonal[k] = c * c * p + 2 * c * s * q + s * s * r
    diagonal[k + 1] = s * s * p - 2 * c * s * q + c * c * r
    beside[k] = c * s * (r - p) + (c * c - s * s) * q
    rotateRows(rowOf(vectors, k), rowOf(vectors, k + 1), c, s)
    if (k === high - 1) return
    x = beside[k]
    bulge = s * beside[k + 1]
    beside[k + 1] *= c
  }
}

function rotateRows(a: Float64Array, b: Float64Array, c: number, s: number): void {
  for (let i = 0; i < a.length; i++) {
    const x = a[i]
    a[i] = c * x + s * b[i]
    b[i] = c * b[i] - s * x
  }
}
