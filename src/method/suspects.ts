import type { Matrix } from '../math/matrix.ts'
import { TopK } from '../math/top-k.ts'

export interface Suspicion {
  readonly row: number
  /** |α_{i,yᵢ}| of the fit with labels, which orders as that fit's loss does; high = worse. */
  readonly suspicion: number
}

/**
 * Training examples by suspicion, the worst first: how strongly each one resists the fit with labels at
 * its own label (Yeh et al. 2018, section 4.1).
 *
 * @param alpha of the fit with labels [n, c]
 */
export function rankSuspects(alpha: Matrix<Float32Array>, labels: Int32Array, k: number): Suspicion[] {
  const worst = new TopK(Math.min(k, labels.length))
  for (let i = 0; i < labels.length; i++) {
    worst.offer(Math.abs(alpha.data[i * alpha.cols + labels[i]]), i)
  }
  return worst.best().map(({ row, score }) => ({ row, suspicion: score }))
}
