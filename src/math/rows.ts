import type { Matrix } from './matrix.ts'

/** Consecutive rows of a larger matrix: `matrix` holds rows `start` to `start + matrix.rows`. */
export interface Block {
  readonly start: number
  readonly matrix: Matrix<Float32Array>
}

/**
 * The rows of a matrix [rows, cols] that may be larger than memory. Feeds the fit and all batch work.
 */
export interface Rows {
  readonly rows: number
  readonly cols: number
  /**
   * Every row once and in order, at most `size` of them at a time. A block is valid until the next one.
   *
   * @param from the first row that is wanted; those before it come only where they cannot be left out
   */
  blocks(size: number, from?: number): AsyncIterable<Block>
  /** The rows named, in the order named. */
  fetch(rows: ArrayLike<number>): Promise<Matrix<Float32Array>>
}

/** One row at a time and at once, for explaining while a prediction waits. */
export interface RowLookup {
  readonly rows: number
  readonly cols: number
  /** Copies row i into `out` [cols]. */
  row(i: number, out: Float32Array): void
}

/** A matrix in memory as rows, both ways. Blocks are views of it. */
export function memoryRows(matrix: Matrix<Float32Array>): Rows & RowLookup {
  const { rows, cols, data } = matrix
  return {
    rows,
    cols,
    async *blocks(size, from = 0) {
      for (let start = from; start < rows; start += size) {
        const count = Math.min(size, rows - start)
        yield {
          start,
          matrix: { rows: count, cols, data: data.subarray(start * cols, (start + count) * cols) },
        }
      }
    },
    async fetch(wanted) {
      const out = new Float32Array(wanted.length * cols)
      for (let k = 0; k < wanted.length; k++) {
        out.set(data.subarray(wanted[k] * cols, (wanted[k] + 1) * cols), k * cols)
      }
      return { rows: wanted.length, cols, data: out }
    },
    row(i, out) {
      const start = i * cols
      for (let a = 0; a < cols; a++) out[a] = data[start + a]
    },
  }
}
