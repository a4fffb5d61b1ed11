import { widenFloat16 } from './float16.ts'
import type { HalfMatrix, Matrix } from './matrix.ts'

/** A matrix by how its numbers are stored. Halves are no `data`, so that nobody takes their bits for numbers. */
interface StoredMatrices {
  readonly float32: Matrix<Float32Array>
  readonly float16: HalfMatrix
}

/** How numbers are stored. */
export type Dtype = keyof StoredMatrices

export type StoredMatrix<D extends Dtype = Dtype> = StoredMatrices[D]

/** Consecutive rows of a larger matrix: `matrix` holds rows `start` to `start + matrix.rows`. */
export interface Block<D extends Dtype = 'float32'> {
  readonly start: number
  readonly matrix: StoredMatrix<D>
}

/**
 * The rows of a matrix [rows, cols] that may be larger than memory. Feeds the fit and all batch work.
 */
export interface Rows<D extends Dtype = 'float32'> {
  readonly rows: number
  readonly cols: number
  readonly dtype: D
  /**
   * Every row once and in order, at most `size` of them at a time, as they are stored. A block is valid until
   * the next one.
   *
   * @param from the first row that is wanted; those before it come only where they cannot be left out
   */
  blocks(size: number, from?: number): AsyncIterable<Block<D>>
  /** The rows named, in the order named. */
  fetch(rows: ArrayLike<number>): Promise<Matrix<Float32Array>>
}

/** Rows of features, in whichever way they are stored. */
export type FeatureRows = Rows<Dtype>

/** Numbers in memory by how they are stored: halves are their bits. */
export type StoredArray = Float32Array | Uint16Array

/** The numbers of a matrix as they are stored. */
export function storedArray(matrix: StoredMatrix): StoredArray {
  return 'bits' in matrix ? matrix.bits : matrix.data
}

/** The first rows · cols of an array as a matrix, not a copy. */
export function storedMatrix<D extends Dtype>(rows: number, cols: number, array: StoredArray): StoredMatrix<D>
export function storedMatrix(rows: number, cols: number, array: StoredArray): StoredMatrix {
  const numbers = array.subarray(0, rows * cols)
  return numbers instanceof Float32Array ? { rows, cols, data: numbers } : { rows, cols, bits: numbers }
}

/** Room for numbers, zero yet. */
export function storedArrayOf(dtype: Dtype, length: number): StoredArray {
  return dtype === 'float16' ? new Uint16Array(length) : new Float32Array(length)
}

/** Bytes that a number takes. */
export const BYTES: { readonly [D in Dtype]: number } = { float32: 4, float16: 2 }

/** Rows of so many columns, of which each block is made from one of others as it is read. */
export function mapRows(
  source: FeatureRows,
  cols: number,
  change: (matrix: StoredMatrix) => Matrix<Float32Array>,
): Rows {
  return {
    rows: source.rows,
    cols,
    dtype: 'float32',
    async *blocks(size, from) {
      for await (const { start, matrix } of source.blocks(size, from)) yield { start, matrix: change(matrix) }
    },
    fetch: async rows => change(await source.fetch(rows)),
  }
}

/** The rows but those that are left out; blocks are shorter by these. */
export function withoutRows<D extends Dtype>(
  source: Rows<D>,
  leftOut: { has(row: number): boolean },
): Rows<D> {
  const kept: number[] = []
  for (let row = 0; row < source.rows; row++) if (!leftOut.has(row)) kept.push(row)
  const { cols } = source
  return {
    ...source,
    rows: kept.length,
    async *blocks(size, from = 0) {
      let next = 0
      for await (const { start, matrix } of source.blocks(size)) {
        const first = next
        while (kept[next] < start + matrix.rows) next++
        if (next <= from || next === first) continue
        const numbers = storedArray(matrix)
        const to = storedArrayOf(source.dtype, (next - first) * cols)
        for (let k = first; k < next; k++) {
          const at = (kept[k] - start) * cols
          to.set(numbers.subarray(at, at + cols), (k - first) * cols)
        }
        yield { start: first, matrix: storedMatrix<D>(next - first, cols, to) }
      }
    },
    fetch: rows => source.fetch(Array.from(rows, row => kept[row])),
  }
}

/** The same rows, read block by block until the signal is aborted: then the next block throws what that was aborted with. */
export function stoppableRows<D extends Dtype>(source: Rows<D>, signal: AbortSignal | undefined): Rows<D> {
  return {
    ...source,
    async *blocks(size, from) {
      for await (const block of source.blocks(size, from)) {
        signal?.throwIfAborted()
        yield block
      }
    },
  }
}

/** All rows at once, in memory. */
export async function allRows(rows: Rows): Promise<Matrix<Float32Array>> {
  const data = new Float32Array(rows.rows * rows.cols)
  for await (const { start, matrix } of rows.blocks(ALL_AT_ONCE)) data.set(matrix.data, start * rows.cols)
  return { rows: rows.rows, cols: rows.cols, data }
}

const ALL_AT_ONCE = 4096

/** A matrix in memory as rows. Blocks are views of it. */
export function memoryRows(matrix: Matrix<Float32Array>): Rows
export function memoryRows<D extends Dtype>(matrix: StoredMatrix<D>): Rows<D>
export function memoryRows(matrix: StoredMatrix): FeatureRows {
  const { rows, cols } = matrix
  const array = storedArray(matrix)
  const view = (start: number, end: number) =>
    storedMatrix(end - start, cols, array.subarray(start * cols, end * cols))
  return {
    rows,
    cols,
    dtype: 'bits' in matrix ? 'float16' : 'float32',
    async *blocks(size, from = 0) {
      for (let start = from; start < rows; start += size) {
        yield { start, matrix: view(start, Math.min(start + size, rows)) }
      }
    },
    async fetch(wanted) {
      const out = new Float32Array(wanted.length * cols)
      for (let k = 0; k < wanted.length; k++) {
        const row = array.subarray(wanted[k] * cols, (wanted[k] + 1) * cols)
        out.set(row instanceof Float32Array ? row : widenFloat16(row), k * cols)
      }
      return { rows: wanted.length, cols, data: out }
    },
  }
}
