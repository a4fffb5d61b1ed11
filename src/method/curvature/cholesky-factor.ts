import { cholesky } from '../../math/cholesky.ts'
import { type Matrix, zeros } from '../../math/matrix.ts'
import { type LowerPanels, PANEL } from './panels.ts'
import type { Products } from './products.ts'
import type { Stoppable } from './stoppable.ts'

type Doubles = Matrix<Float64Array>

/** The rows from `start` up to `end` of a matrix, a view. */
function rowsOf({ cols, data }: Doubles, start: number, end: number): Doubles {
  return { rows: end - start, cols, data: data.subarray(start * cols, end * cols) }
}

/**
 * L with A = LLᵀ, of a symmetric positive definite A that may have ten thousand rows: panel by panel, with products
 * of panels for all but the tops of the panels (left-looking blocked Cholesky, Golub & Van Loan 2013, section 4.2.6).
 */
export class CholeskyFactor {
  readonly size: number
  readonly #products: Products
  readonly #panels: readonly Doubles[]
  /** The inverse of the top of each panel */
  readonly #tops: readonly Doubles[]

  private constructor(products: Products, { size, panels }: LowerPanels, tops: readonly Doubles[]) {
    this.#products = products
    this.size = size
    this.#panels = panels
    this.#tops = tops
  }

  /** Writes L over A; null where A is not positive definite in double precision. */
  static async make(
    products: Products,
    matrix: LowerPanels,
    { signal }: Stoppable = {},
  ): Promise<CholeskyFactor | null> {
    const tops: Doubles[] = []
    for (const [p, panel] of matrix.panels.entries()) {
      signal?.throwIfAborted()
      const { rows, cols } = panel
      let rest: Doubles = panel
      for (let q = 0; q < p; q++) {
        const before = matrix.panels[q]
        const at = (p - q) * PANEL
        const a = rowsOf(before, at, before.rows)
        rest = await products.multiply({ a, b: rowsOf(before, at, at + cols), transB: true, from: rest })
      }
      const top = cholesky(rowsOf(rest, 0, cols))
      if (!top) return null
      const inverse = invertLower(top)
      tops.push(inverse)
      panel.data.set(top.data)
      if (rows === cols) continue
      const below = { a: rowsOf(rest, cols, rows), b: inverse, transB: true }
      panel.data.set((await products.multiply(below)).data, cols * cols)
    }
    return new CholeskyFactor(products, matrix, tops)
  }

  /**
   * X with A X = B [size, m].
   *
   * @param from the rows of B before it are zero, and those of X are not wanted: they are left zero
   */
  async solve(b: Doubles, from = 0): Promise<Doubles> {
    const x = { ...b, data: b.data.slice() }
    const first = Math.floor(from / PANEL)
    for (let p = first; p < this.#panels.length; p++) await this.#forward(x, p)
    for (let p = this.#panels.length - 1; p >= first; p--) await this.#backward(x, p)
    if (from > 0) x.data.fill(0, 0, from * x.cols)
    return x
  }

  /** Solves for the rows of panel p, and takes them out of those below. */
  async #forward(x: Doubles, p: number): Promise<void> {
    const { below, start, end } = this.#place(p)
    const top = await this.#products.multiply({ a: this.#tops[p], b: rowsOf(x, start, end) })
    x.data.set(top.data, start * x.cols)
    if (end === this.size) return
    const rest = await this.#products.multiply({ a: below, b: top, from: rowsOf(x, end, this.size) })
    x.data.set(rest.data, end * x.cols)
  }

  /** Takes the rows below out of those of panel p, and solves for them. */
  async #backward(x: Doubles, p: number): Promise<void> {
    const { below, start, end } = this.#place(p)
    let right = rowsOf(x, start, end)
    if (end < this.size) {
      right = await this.#products.multiply({
        a: below,
        b: rowsOf(x, end, this.size),
        transA: true,
        from: right,
      })
    }
    const top = await this.#products.multiply({ a: this.#tops[p], b: right, transA: true })
    x.data.set(top.data, start * x.cols)
  }

  #place(p: number): { below: Doubles; start: number; end: number } {
    const panel = this.#panels[p]
    const start = p * PANEL
    return { below: rowsOf(panel, panel.cols, panel.rows), start, end: start + panel.cols }
  }
}

/** L⁻¹ of a lower triangle, by plain loops. */
function invertLower(l: Doubles): Doubles {
  const { rows: n, data } = l
  const inverse = zeros(n, n)
  for (let i = 0; i < n; i++) {
    const row = inverse.data.subarray(i * n, (i + 1) * n)
    row[i] = 1
    for (let k = 0; k < i; k++) {
      const factor = data[i * n + k]
      for (let j = 0; j <= k; j++) row[j] -= factor * inverse.data[k * n + j]
    }
    for (let j = 0; j <= i; j++) row[j] /= data[i * n + i]
  }
  return inverse
}
