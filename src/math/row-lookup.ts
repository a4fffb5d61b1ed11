import type { Matrix } from './matrix.ts'

/**
 * One row at a time and at once, for explaining while a prediction waits: in memory, or read from a file when
 * it is asked for. Nothing is copied that lies in memory already.
 */
export interface RowLookup {
  readonly rows: number
  readonly cols: number
  /** Where rows stand once they are located. */
  readonly data: Float32Array
  /** Where row i starts in `data`. It stands there until the next row is located. */
  locate(i: number): number
  /** Lets go of the file, where there is one. Rows can still be located. */
  close(): void
}

/** A matrix in memory, every row where it is. */
export class MemoryLookup implements RowLookup {
  readonly rows: number
  readonly cols: number
  readonly data: Float32Array

  constructor({ rows, cols, data }: Matrix<Float32Array>) {
    this.rows = rows
    this.cols = cols
    this.data = data
  }

  locate(i: number): number {
    return i * this.cols
  }

  close(): void {}
}
