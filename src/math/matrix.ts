import { UserError } from '../user-error.ts'

export type FloatArray = Float32Array | Float64Array

/** A dense matrix, row-major: element (i, j) is `data[i * cols + j]`. */
export interface Matrix<A extends FloatArray = FloatArray> {
  readonly rows: number
  readonly cols: number
  readonly data: A
}

/** A matrix of halves, given by their bits (float16.ts): these are to be widened, or fed to a graph as they are. */
export interface HalfMatrix {
  readonly rows: number
  readonly cols: number
  readonly bits: Uint16Array
}

/** A matrix of zeros in double precision. */
export function zeros(rows: number, cols: number): Matrix<Float64Array> {
  return { rows, cols, data: new Float64Array(rows * cols) }
}

/** A matrix of zeros in single precision. */
export function zerosFloat32(rows: number, cols: number): Matrix<Float32Array> {
  return { rows, cols, data: new Float32Array(rows * cols) }
}

/** Row i as a view, not a copy. */
export function rowOf<A extends FloatArray>(matrix: Matrix<A>, i: number): A {
  return matrix.data.subarray(i * matrix.cols, (i + 1) * matrix.cols) as A
}

/** Aᵀ, a copy of the same precision. */
export function transpose<A extends FloatArray>({ rows, cols, data }: Matrix<A>): Matrix<A> {
  const out = data.slice() as A
  for (let i = 0; i < rows; i++) for (let j = 0; j < cols; j++) out[j * rows + i] = data[i * cols + j]
  return { rows: cols, cols: rows, data: out }
}

export function toFloat64({ rows, cols, data }: Matrix): Matrix<Float64Array> {
  return { rows, cols, data: new Float64Array(data) }
}

/** A − B. */
export function subtract(a: Matrix, b: Matrix): Matrix<Float64Array> {
  const data = Float64Array.from(a.data, (value, i) => value - b.data[i])
  return { rows: a.rows, cols: a.cols, data }
}

/** The one shape check: `alpha: expected [50000, 10], got [50000, 9]`. */
export function expectShape(name: string, got: readonly number[], expected: readonly number[]): void {
  if (got.length === expected.length && got.every((size, axis) => size === expected[axis])) return
  throw new UserError('shape', `${name}: expected [${expected.join(', ')}], got [${got.join(', ')}]`)
}

/** aᵀb over the first `length` elements, in double precision. */
export function dot(a: ArrayLike<number>, b: ArrayLike<number>, length = a.length): number {
  let sum = 0
  for (let i = 0; i < length; i++) sum += a[i] * b[i]
  return sum
}

/** ‖a‖₂ */
export function norm(a: ArrayLike<number>): number {
  return Math.sqrt(dot(a, a))
}

/** The index of the largest of `length` elements from `start`, counted from `start`; the first on ties. */
export function argmax(a: ArrayLike<number>, start = 0, length = a.length - start): number {
  let best = 0
  for (let j = 1; j < length; j++) if (a[start + j] > a[start + best]) best = j
  return best
}

/** The argmax of every row. */
export function rowArgmax({ rows, cols, data }: Matrix): Int32Array {
  return Int32Array.from({ length: rows }, (_, i) => argmax(data, i * cols, cols))
}
