import { multiply } from '../../math/products.ts'
import type { BoundIndex } from '../index/bound-index.ts'
import type { Similarity } from './similarity.ts'

/**
 * By how much a similarity can be off its part along the directions beyond rᵢ ‖qₜ − UᵀUqₜ‖, relative to
 * ‖qᵢ‖ ‖qₜ‖: coordinates are rounded to 2⁻²⁴, and a cancelled square to less than 2⁻³⁶.
 */
export const ROUNDING = 2 ** -20
const CANCELLED = 2 ** -36

/** Below and above these norms, squares lose more than that or leave the range of doubles. */
const [LEAST_NORM, MOST_NORM] = [1e-140, 1e140]

/** What the coordinates of an index say of the similarities with one query after another. */
export class Coordinates {
  readonly #index: BoundIndex
  /** y = Uqₜ [p] */
  readonly along: Float64Array
  /** ‖qₜ − Uᵀy‖, and no less; ∞ where coordinates say nothing */
  rest = 0

  constructor(index: BoundIndex) {
    this.#index = index
    this.along = new Float64Array(index.directions.rows)
  }

  ask({ query, norm }: Similarity): void {
    const y = this.along
    if (y.length === 0) return
    multiply(this.#index.directions, query, y)
    let along = 0
    for (let a = 0; a < y.length; a++) along += y[a] * y[a]
    const square = norm * norm
    const isSound = norm >= LEAST_NORM && norm <= MOST_NORM
    this.rest = isSound
      ? Math.sqrt(Math.max(0, square - along) + CANCELLED * square)
      : Number.POSITIVE_INFINITY
  }

  /**
   * The first entry from `at` on that may reach a value of `same` with a positive similarity, or one of `opposite`
   * with a negative one; `end` where no entry before it may.
   *
   * @param scale ‖qₜ‖, and no less
   */
  next(at: number, end: number, scale: number, same: number, opposite: number): number {
    const { bounds, alphas } = this.#index
    for (let entry = at; entry < end; entry++) {
      const bound = bounds[entry] * scale
      if (bound === 0 || (bound < same && bound < opposite)) return end
      if (this.mayReach(entry, Math.abs(alphas[entry]), bound, same, opposite)) return entry
    }
    return end
  }

  /**
   * Whether entry `at` may reach a value of `same` with a positive similarity, or one of `opposite` with a
   * negative one, for an α of this size.
   *
   * @param bound size ‖qᵢ‖ ‖qₜ‖, and no less
   */
  mayReach(at: number, size: number, bound: number, same: number, opposite: number): boolean {
    const { data, cols } = this.#index.coordinates
    const y = this.along
    const p = y.length
    if (p === 0) return true
    const start = at * cols
    let even = 0
    let odd = 0
    for (let a = 0; a < p; a += 2) {
      even += data[start + a] * y[a]
      odd += data[start + a + 1] * y[a + 1]
    }
    const middle = size * (even + odd)
    const spread = size * data[start + p] * this.rest + ROUNDING * bound
    return !(middle + spread < same && spread - middle < opposite)
  }
}
