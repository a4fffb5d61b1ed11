import { cholesky, choleskySolve } from '../../math/cholesky.ts'
import { type Matrix, transpose, zeros } from '../../math/matrix.ts'
import { GraphBuilder } from '../../onnx/builder.ts'
import { matrixTensor, type Runtime, type Session, withSession } from '../../runtime/runtime.ts'

type Doubles = Matrix<Float64Array>

/** Up to this size plain loops invert a matrix about as fast as products of its halves would. */
const SMALL = 64

/** Hands on what inverts symmetric positive definite matrices, by products in double precision. */
export function withInversion<T>(
  runtime: Runtime,
  use: (invert: (matrix: Doubles) => Promise<Doubles | null>) => Promise<T>,
): Promise<T> {
  const g = new GraphBuilder('product')
  const a = g.input('a', 'float64', ['rows', 'inner'])
  const b = g.input('b', 'float64', ['inner', 'cols'])
  g.output('product', g.op('MatMul', [a, b]))
  return withSession(runtime, g.build(), session => use(matrix => inverse(session, matrix)))
}

/**
 * A⁻¹ of a symmetric positive definite A [n, n], by halves, with S = D − BᵀA₁⁻¹B:
 *
 *   A = [ A₁  B ]     A⁻¹ = [ A₁⁻¹ + X S⁻¹Xᵀ   −X S⁻¹ ]     X = A₁⁻¹B
 *       [ Bᵀ  D ]           [ −S⁻¹Xᵀ             S⁻¹  ]
 *
 * (Golub & Van Loan 2013, section 3.2); null where A is not positive definite in double precision.
 */
async function inverse(session: Session, matrix: Doubles): Promise<Doubles | null> {
  const { rows: n } = matrix
  if (n <= SMALL) return smallInverse(matrix)
  const half = Math.ceil(n / 2)
  const times = async (a: Doubles, b: Doubles): Promise<Doubles> => {
    const { product } = await session.run({ a: matrixTensor(a), b: matrixTensor(b) }, ['product'])
    return { rows: a.rows, cols: b.cols, data: product.data as Float64Array }
  }
  const first = await inverse(session, part(matrix, 0, half, 0, half))
  if (!first) return null
  const b = part(matrix, 0, half, half, n)
  const x = await times(first, b)
  const schur = part(matrix, half, n, half, n)
  addScaled(schur, -1, await times(transpose(b), x))
  const last = await inverse(session, schur)
  if (!last) return null
  const xs = await times(x, last)
  addScaled(first, 1, await times(xs, transpose(x)))
  const out = zeros(n, n)
  for (let i = 0; i < half; i++) {
    for (let k = 0; k < half; k++) out.data[i * n + k] = first.data[i * half + k]
    for (let k = half; k < n; k++) {
      const value = -xs.data[i * (n - half) + k - half]
      out.data[i * n + k] = value
      out.data[k * n + i] = value
    }
  }
  for (let i = half; i < n; i++) {
    for (let k = half; k < n; k++) out.data[i * n + k] = last.data[(i - half) * (n - half) + k - half]
  }
  return out
}

function smallInverse(matrix: Doubles): Doubles | null {
  const { rows: n } = matrix
  const factor = cholesky(matrix)
  if (!factor) return null
  const identity = zeros(n, n)
  for (let i = 0; i < n; i++) identity.data[i * n + i] = 1
  return { rows: n, cols: n, data: choleskySolve(factor, identity.data) }
}

/** Rows `top` up to `bottom` and columns `left` up to `right`, a copy. */
function part({ cols, data }: Doubles, top: number, bottom: number, left: number, right: number): Doubles {
  const out = zeros(bottom - top, right - left)
  for (let i = top; i < bottom; i++) {
    out.data.set(data.subarray(i * cols + left, i * cols + right), (i - top) * out.cols)
  }
  return out
}

/** a += t·b */
function addScaled(a: Doubles, t: number, b: Doubles): void {
  for (let i = 0; i < a.data.length; i++) a.data[i] += t * b.data[i]
}
