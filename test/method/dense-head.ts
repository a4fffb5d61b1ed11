import type { Matrix } from '../../src/math/matrix.ts'
import { allRows } from '../../src/math/rows.ts'
import type { Problem } from '../../src/method/head/problem.ts'

/*
 * A head by plain loops over whole matrices in double precision: what the library streams in graphs, written down
 * from the formulas. Vectors over Θ are row-major, as Θ is: entry a · c + j is of Θ_aj.
 */

export type Vector = number[]

export const dense = {
  dot: (x: ArrayLike<number>, y: ArrayLike<number>): number => {
    let sum = 0
    for (let i = 0; i < x.length; i++) sum += x[i] * y[i]
    return sum
  },
  norm: (x: ArrayLike<number>): number => Math.sqrt(dense.dot(x, x)),
}

/** x with M x = b, by elimination with pivots. */
export function solveDense(matrix: readonly Vector[], right: Vector): Vector {
  const m = matrix.map((row, i) => [...row, right[i]])
  const n = m.length
  for (let k = 0; k < n; k++) {
    let pivot = k
    for (let i = k; i < n; i++) if (Math.abs(m[i][k]) > Math.abs(m[pivot][k])) pivot = i
    ;[m[k], m[pivot]] = [m[pivot], m[k]]
    for (let i = 0; i < n; i++) {
      if (i === k) continue
      const factor = m[i][k] / m[k][k]
      for (let j = k; j <= n; j++) m[i][j] -= factor * m[k][j]
    }
  }
  return m.map((row, i) => row[n] / row[i])
}

export interface DenseHead {
  readonly n: number
  readonly c: number
  /** f̃ᵢ, with the constant 1 where there is a bias */
  readonly f: readonly Vector[]
  /** fᵢ as they are */
  readonly plain: readonly Vector[]
  /** q(fᵢ): with the constant 1 where the bias is regularised */
  readonly q: readonly Vector[]
  readonly delta: readonly Vector[]
  /** Sᵢ [c, c] */
  readonly s: readonly Vector[][]
  /** H, of which a free bias of softmax has 11ᵀ/c more */
  readonly hessian: readonly Vector[]
  extend(features: ArrayLike<number>): Vector
  query(features: ArrayLike<number>): Vector
  /** σ(Φ) of one f̃ */
  sigma(f: Vector): Vector
}

export async function denseHead(problem: Problem, theta: Matrix): Promise<DenseHead> {
  const { rows: n, cols: c } = problem.targets
  const { bias, activation, lambda } = problem
  const numbers = await problem.features.fetch(Array.from({ length: n }, (_, i) => i))
  const targets = await allRows(problem.targets)
  const plain = Array.from({ length: n }, (_, i) => [
    ...numbers.data.subarray(i * numbers.cols, (i + 1) * numbers.cols),
  ])
  const extend = (x: ArrayLike<number>): Vector => (bias === 'none' ? Array.from(x) : [...Array.from(x), 1])
  const query = (x: ArrayLike<number>): Vector =>
    bias === 'regularised' ? [...Array.from(x), 1] : Array.from(x)
  const phiOf = (f: Vector): Vector =>
    Array.from({ length: c }, (_, j) => f.reduce((sum, x, a) => sum + x * theta.data[a * c + j], 0))
  const sigma = (f: Vector): Vector => {
    const phi = phiOf(f)
    if (activation === 'identity') return phi
    if (activation === 'sigmoid') return phi.map(x => 1 / (1 + Math.exp(-x)))
    const powers = phi.map(x => Math.exp(x - Math.max(...phi)))
    const sum = powers.reduce((total, x) => total + x, 0)
    return powers.map(x => x / sum)
  }
  const f = plain.map(extend)
  const p = f.map(sigma)
  // Rows of probabilities sum to 1 but for the rounding with which they are stored.
  const wanted = f.map((_, i) => {
    const row = Array.from(targets.data.subarray(i * c, (i + 1) * c))
    const sum = activation === 'softmax' ? row.reduce((total, t) => total + t, 0) : 1
    return row.map(t => t / sum)
  })
  const s = p.map(row =>
    row.map((pj, j) =>
      row.map((pk, k) => {
        if (activation === 'softmax') return pj * (Number(j === k) - pk)
        if (j !== k) return 0
        return activation === 'sigmoid' ? pj * (1 - pj) : 1
      }),
    ),
  )
  const width = f[0].length
  const size = width * c
  const hessian = Array.from({ length: size }, (_, x) =>
    Array.from({ length: size }, (_, y) => {
      const [a, j, b, k] = [Math.floor(x / c), x % c, Math.floor(y / c), y % c]
      let sum = 0
      for (let i = 0; i < n; i++) sum += (s[i][j][k] * f[i][a] * f[i][b]) / n
      const isFree = bias === 'free' && a === width - 1
      if (x === y && !isFree) sum += 2 * lambda
      if (isFree && b === width - 1 && activation === 'softmax') sum += 1 / c
      return sum
    }),
  )
  return {
    n,
    c,
    f,
    plain,
    q: plain.map(query),
    delta: p.map((row, i) => row.map((x, j) => x - wanted[i][j])),
    s,
    hessian,
    extend,
    query,
    sigma,
  }
}

/** f ⊗ v, row-major */
export const outer = (f: Vector, v: ArrayLike<number>): Vector => f.flatMap(x => Array.from(v, y => x * y))
