import { centredDotAt, dotAt } from '../../math/products.ts'
import type { RowLookup } from '../../math/row-lookup.ts'
import { type Kernel, kernelRows } from '../head/kernel.ts'

/** Below and above these, squares of a norm leave the range of doubles. */
const TINY = 1e-150
const HUGE = 1e150

/** k(fᵢ, fₜ) of one query fₜ after another with the training examples. */
export class Similarity {
  /** q(fₜ) */
  readonly query: Float64Array
  /** ‖q(fₜ)‖ */
  norm = 0
  /** No entry of q(fₜ) is negative. */
  nonNegative = true
  readonly #features: RowLookup
  readonly #constant: number
  readonly #mean: Float64Array | null

  constructor(features: RowLookup, kernel: Kernel) {
    this.query = new Float64Array(kernelRows(kernel)).fill(1)
    this.#features = features
    this.#constant = kernel.constant ? 1 : 0
    this.#mean = kernel.mean
  }

  /** Takes the next query [d]. */
  ask(features: ArrayLike<number>): void {
    const query = this.query
    const mean = this.#mean
    let squares = this.#constant
    let least = 0
    for (let a = 0; a < features.length; a++) {
      const x = mean === null ? features[a] : features[a] - mean[a]
      query[a] = x
      squares += x * x
      least = Math.min(least, x)
    }
    this.nonNegative = least === 0
    const norm = Math.sqrt(squares)
    this.norm = norm > TINY && norm < HUGE ? norm : scaledNorm(query)
  }

  /** The similarity of training example `row`. */
  of(row: number): number {
    const at = this.#features.locate(row)
    const { data, cols } = this.#features
    const mean = this.#mean
    return mean
      ? centredDotAt(data, at, mean, this.query)
      : dotAt(data, at, this.query, cols) + this.#constant
  }
}

/** ‖q‖ without underflow or overflow on the way. */
function scaledNorm(q: Float64Array): number {
  const largest = q.reduce((max, x) => Math.max(max, Math.abs(x)), 0)
  if (largest === 0) return 0
  return largest * Math.sqrt(q.reduce((sum, x) => sum + (x / largest) ** 2, 0))
}
