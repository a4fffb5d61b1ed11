import type { Matrix } from '../../math/matrix.ts'
import { norm } from '../../math/matrix.ts'
import { multiply } from '../../math/products.ts'
import { type Kernel, writeQuery } from '../head/kernel.ts'
import { roundedUp } from './leading-list.ts'

/** Outside these, coordinates lose more to single precision than the search allows for. */
const [LEAST_NORM, MOST_NORM] = [2 ** -100, 2 ** 100]

/** xᵢ = Uqᵢ and rᵢ = ‖qᵢ − Uᵀxᵢ‖ of one training example after another, as the index stores them. */
export class RowCoordinates {
  /** xᵢ and rᵢ [p + 1]; nothing where there are no directions */
  readonly values: Float32Array
  readonly #directions: Matrix<Float64Array>
  readonly #kernel: Kernel
  readonly #q: Float64Array
  readonly #x: Float64Array

  constructor(directions: Matrix<Float64Array>, kernel: Kernel) {
    const { rows: p, cols } = directions
    this.values = new Float32Array(p === 0 ? 0 : p + 1)
    this.#directions = directions
    this.#kernel = kernel
    this.#q = new Float64Array(cols)
    this.#x = new Float64Array(p)
  }

  /** Describes the next example by its features [d]. */
  take(features: ArrayLike<number>): void {
    const { rows: p, cols, data } = this.#directions
    const q = this.#q
    if (p === 0) return
    writeQuery(this.#kernel, features, q)
    const length = norm(q)
    multiply(this.#directions, q, this.#x)
    this.values.set(this.#x)
    // The rest is that of the coordinates as they are stored.
    for (let b = 0; b < p; b++) {
      for (let a = 0; a < cols; a++) q[a] -= this.values[b] * data[b * cols + a]
    }
    const isSound = length >= LEAST_NORM && length <= MOST_NORM
    this.values[p] = isSound ? roundedUp(norm(q)) : Number.POSITIVE_INFINITY
  }
}
