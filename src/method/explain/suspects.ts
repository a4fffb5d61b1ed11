import type { Rows } from '../../math/rows.ts'
import { TopK } from '../../math/top-k.ts'
import { blockRows } from '../head/blocks.ts'

export interface Suspicion {
  readonly row: number
  /** The output whose label is resisted */
  readonly output: number
  /** By the score, which is |αᵢⱼ| of the fit with labels here; high = worse */
  readonly suspicion: number
}

/**
 * Training examples by suspicion, the worst first: how strongly each one resists the fit with labels. Where
 * outputs are the classes of a softmax that is |α_{i,yᵢ}| at its own label, which orders as the fit's loss does
 * (Yeh et al. 2018, section 4.1); where each output has a label of its own, the largest over the outputs.
 *
 * @param alpha of the fit with labels [n, c]
 * @param labels one class an example [n]; null to take the largest over the outputs
 */
export async function rankSuspects(alpha: Rows, labels: Int32Array | null, k: number): Promise<Suspicion[]> {
  const c = alpha.cols
  const worst = new TopK(Math.min(k, alpha.rows))
  for await (const { start, matrix } of alpha.blocks(blockRows(c))) {
    for (let i = 0; i < matrix.rows; i++) {
      const output = labels?.[start + i] ?? largestAt(matrix.data, i * c, c)
      worst.offer(Math.abs(matrix.data[i * c + output]), start + i, output)
    }
  }
  return worst.read((row, suspicion, output) => ({ row, output, suspicion }))
}

/** Where the number of largest size of `length` from `start` stands, counted from `start`. */
function largestAt(data: Float32Array, start: number, length: number): number {
  let best = 0
  for (let j = 1; j < length; j++) if (Math.abs(data[start + j]) > Math.abs(data[start + best])) best = j
  return best
}
