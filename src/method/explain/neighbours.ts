import { dot, type Matrix, rowOf } from '../../math/matrix.ts'
import { TopK } from '../../math/top-k.ts'
import type { Runtime } from '../../runtime/runtime.ts'
import { kernelOf } from '../head/kernel.ts'
import { SimilarityGraph } from './similarity-graph.ts'

/** The nearest rows of each row, by Euclidean distance, itself first. */
export interface Neighbours {
  readonly k: number
  /** [n, k] */
  readonly rows: Int32Array
  /** [n, k] */
  readonly distances: Float32Array
}

export interface NeighboursOptions {
  readonly signal?: AbortSignal | undefined
  readonly onProgress?: (done: number) => void
}

/** Products that are held at once: 16 MB. */
const PRODUCTS = 2 ** 22

/**
 * The k nearest rows of every row of X [n, d], exact but for the rounding of products in single precision:
 * ‖a − b‖² = ‖a‖² + ‖b‖² − 2 aᵀb. Of two equally near the first counts.
 */
export async function nearestNeighbours(
  runtime: Runtime,
  x: Matrix<Float32Array>,
  k: number,
  { signal, onProgress }: NeighboursOptions = {},
): Promise<Neighbours> {
  const { rows: n, cols: d } = x
  const kept = Math.min(k, n)
  const squares = Float64Array.from({ length: n }, (_, i) => dot(rowOf(x, i), rowOf(x, i)))
  const found = {
    k: kept,
    rows: new Int32Array(n * kept),
    distances: new Float32Array(n * kept),
  }
  const graph = await SimilarityGraph.load(runtime, kernelOf('none', d))
  try {
    const nearest = new TopK(kept)
    const size = Math.max(1, Math.floor(PRODUCTS / n))
    for (let start = 0; start < n; start += size) {
      signal?.throwIfAborted()
      const rows = Math.min(size, n - start)
      const queries = { rows, cols: d, data: x.data.subarray(start * d, (start + rows) * d) }
      const products = await graph.run(queries, x)
      for (let t = 0; t < rows; t++) {
        nearest.clear(kept)
        offerNearest(nearest, products.subarray(t * n, (t + 1) * n), squares, start + t)
        const at = (start + t) * kept
        for (const [place, { row, score }] of nearest.best().entries()) {
          found.rows[at + place] = row
          found.distances[at + place] =
            row === start + t ? 0 : Math.sqrt(Math.max(0, squares[start + t] - score))
        }
      }
      onProgress?.(start + rows)
    }
    return found
  } finally {
    await graph.release()
  }
}

/** Scores are 2 aᵀb − ‖b‖², largest for the nearest; the row itself comes before all others. */
function offerNearest(nearest: TopK, products: Float32Array, squares: Float64Array, self: number): void {
  nearest.offer(Number.POSITIVE_INFINITY, self)
  for (let i = 0; i < products.length; i++) {
    const score = 2 * products[i] - squares[i]
    if (score > nearest.threshold && i !== self) nearest.offer(score, i)
  }
}
