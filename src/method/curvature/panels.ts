import { type Matrix, zeros } from '../../math/matrix.ts'

/** Columns of a panel: enough that products of panels fill a core, few enough that plain loops factor its top. */
export const PANEL = 256

/**
 * The lower triangle of a symmetric matrix [size, size] by panels of columns, each with its rows from the diagonal
 * on: half the memory of the matrix, and the rows of a panel from any row on are one piece of it.
 */
export class LowerPanels {
  readonly size: number
  /** Panel p has rows and columns from p · PANEL on. */
  readonly panels: readonly Matrix<Float64Array>[]

  constructor(size: number) {
    this.size = size
    this.panels = Array.from({ length: Math.ceil(size / PANEL) }, (_, p) =>
      zeros(size - p * PANEL, Math.min(PANEL, size - p * PANEL)),
    )
  }

  /** Adds B times a factor at row `top` and column `left`; what of it stands above the diagonal is left out. */
  add({ rows, cols, data }: Matrix, top: number, left: number, factor = 1): void {
    for (let i = 0; i < rows; i++) {
      const row = top + i
      const end = Math.min(left + cols, row + 1)
      for (let col = left; col < end; ) {
        const p = Math.floor(col / PANEL)
        const panel = this.panels[p]
        const stop = Math.min(end, (p + 1) * PANEL)
        const to = (row - p * PANEL) * panel.cols - p * PANEL
        const from = i * cols - left
        for (; col < stop; col++) panel.data[to + col] += factor * data[from + col]
      }
    }
  }

  /** Entry k of the diagonal */
  diagonal(k: number): number {
    const { cols, data } = this.panels[Math.floor(k / PANEL)]
    return data[(k % PANEL) * (cols + 1)]
  }

  /** The whole symmetric matrix. */
  whole(): Matrix<Float64Array> {
    const { size } = this
    const out = zeros(size, size)
    for (const [p, { rows, cols, data }] of this.panels.entries()) {
      const first = p * PANEL
      for (let i = 0; i < rows; i++) {
        for (let k = 0; k < Math.min(cols, i + 1); k++) {
          out.data[(first + i) * size + first + k] = data[i * cols + k]
          out.data[(first + k) * size + first + i] = data[i * cols + k]
        }
      }
    }
    return out
  }
}
