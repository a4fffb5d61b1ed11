import { widened } from '../math/float16.ts'
import { type Matrix, rowOf } from '../math/matrix.ts'
import type { FeatureRows } from '../math/rows.ts'
import { type Kernel, kernelRows, writeQuery } from './kernel.ts'

/**
 * For each output j and each sign of αᵢⱼ, the training examples in decreasing order of
 *
 *   bᵢⱼ = |αᵢⱼ| ‖qᵢ‖  ≥  |αᵢⱼ qᵢᵀqₜ| / ‖qₜ‖      (Cauchy-Schwarz, q as in `Kernel`)
 *
 * so that walking a list down bounds everything behind (method.md §7). Examples with αᵢⱼ = 0 are in none.
 */
export interface BoundIndex {
  /** The lists one after another: output 0 positive, output 0 negative, output 1 positive, … */
  readonly rows: Uint32Array
  /** bᵢⱼ of each entry, rounded up. */
  readonly bounds: Float32Array
  /** Where each list starts, and where the last one ends [2c + 1]. */
  readonly offsets: Uint32Array
  /** No entry of any qᵢ is negative, so with a query of the same kind a value has the sign of its α. */
  readonly nonNegative: boolean
}

export type Sign = 'positive' | 'negative'

export async function buildIndex(
  features: FeatureRows,
  alpha: Matrix<Float32Array>,
  kernel: Kernel,
): Promise<BoundIndex> {
  const { norms, nonNegative } = await measureRows(features, kernel)
  const { rows: n, cols: c, data } = alpha
  let total = 0
  for (const a of data) total += Number(a !== 0)
  const rows = new Uint32Array(total)
  const bounds = new Float32Array(total)
  const offsets = new Uint32Array(2 * c + 1)

  const list = new DescendingList(n)
  for (let j = 0; j < c; j++) {
    for (const [side, sign] of [1, -1].entries()) {
      list.clear()
      for (let i = 0; i < n; i++) {
        const size = sign * data[i * c + j]
        if (size > 0) list.add(i, roundedUp(size * norms[i]))
      }
      const start = offsets[2 * j + side]
      offsets[2 * j + side + 1] = start + list.length
      list.writeSorted(rows.subarray(start), bounds.subarray(start))
    }
  }
  return { rows, bounds, offsets, nonNegative }
}

async function measureRows(
  features: FeatureRows,
  kernel: Kernel,
): Promise<{ norms: Float64Array; nonNegative: boolean }> {
  const norms = new Float64Array(features.rows)
  const q = new Float64Array(kernelRows(kernel))
  let nonNegative = true
  for await (const { start, matrix } of features.blocks(4096)) {
    const block = widened(matrix)
    for (let i = 0; i < block.rows; i++) {
      writeQuery(kernel, rowOf(block, i), q)
      let square = 0
      for (let a = 0; a < q.length; a++) {
        square += q[a] * q[a]
        if (q[a] < 0) nonNegative = false
      }
      norms[start + i] = Math.sqrt(square)
    }
  }
  return { norms, nonNegative }
}

const single = new Float32Array(1)
const bits = new Uint32Array(single.buffer)

/** The smallest float32 that is not below a positive number. */
function roundedUp(x: number): number {
  single[0] = x
  if (single[0] < x) bits[0]++
  return single[0]
}

/**
 * Sorts (row, bound) pairs by decreasing bound, the smaller row first on ties. The bits of positive floats
 * order as integers do, so inverted and put above the row they make one 64-bit key, which the engine
 * sorts natively.
 */
class DescendingList {
  readonly #keys: BigUint64Array
  readonly #words: Uint32Array
  length = 0

  constructor(capacity: number) {
    this.#keys = new BigUint64Array(capacity)
    this.#words = new Uint32Array(this.#keys.buffer)
  }

  clear(): void {
    this.length = 0
  }

  add(row: number, bound: number): void {
    single[0] = bound
    this.#words[2 * this.length] = row
    this.#words[2 * this.length + 1] = ~bits[0]
    this.length++
  }

  writeSorted(rows: Uint32Array, bounds: Float32Array): void {
    this.#keys.subarray(0, this.length).sort()
    for (let i = 0; i < this.length; i++) {
      rows[i] = this.#words[2 * i]
      bits[0] = ~this.#words[2 * i + 1]
      bounds[i] = single[0]
    }
  }
}
