import { type FileHandle, open } from 'node:fs/promises'
import { fromLittleEndian } from '../formats/elements.ts'
import { widened } from '../math/float16.ts'
import { type Dtype, type Rows, type StoredArray, storedArrayOf, storedMatrix } from '../math/rows.ts'
import { UserError } from '../user-error.ts'
import { translated } from './system-error.ts'

/** A matrix in a file: its numbers lie little-endian and row-major from byte `offset` on. */
export interface MatrixFile<D extends Dtype> {
  readonly path: string
  readonly offset: number
  readonly rows: number
  readonly cols: number
  readonly dtype: D
}

/** Blocks that are read while one is computed with. */
const AHEAD = 2

/**
 * A matrix in a file as rows: blocks are read ahead, by threads of their own, into a few buffers that are used
 * again and again. The file is opened for each pass, so that nobody has to close it. Errors: UserError `io`.
 */
export function fileRows<D extends Dtype>(file: MatrixFile<D>): Rows<D> {
  const { path, rows, cols, dtype } = file
  const matrixOf = (count: number, array: StoredArray) => storedMatrix<D>(count, cols, array)
  return {
    rows,
    cols,
    dtype,
    async *blocks(size, from = 0) {
      const handle = await translated(path, () => open(path))
      const count = Math.min(1 + AHEAD, Math.ceil((rows - from) / size))
      const buffers = Array.from({ length: count }, () => storedArrayOf(dtype, size * cols))
      const read = (start: number, buffer: StoredArray): Promise<void> => {
        const reading = readRows(handle, file, start, Math.min(size, rows - start), buffer)
        // It may fail before anybody waits for it.
        reading.catch(() => undefined)
        return reading
      }
      const reading = buffers.map((buffer, k) => read(from + k * size, buffer))
      try {
        for (let start = from, k = 0; start < rows; start += size, k = (k + 1) % count) {
          await reading[k]
          yield { start, matrix: matrixOf(Math.min(size, rows - start), buffers[k]) }
          const next = start + count * size
          if (next < rows) reading[k] = read(next, buffers[k])
        }
      } finally {
        await Promise.allSettled(reading)
        await handle.close()
      }
    },
    async fetch(wanted) {
      const handle = await translated(path, () => open(path))
      const data = new Float32Array(wanted.length * cols)
      const buffer = storedArrayOf(dtype, cols)
      try {
        for (let k = 0; k < wanted.length; k++) {
          await readRows(handle, file, wanted[k], 1, buffer)
          data.set(widened(matrixOf(1, buffer)).data, k * cols)
        }
      } finally {
        await handle.close()
      }
      return { rows: wanted.length, cols, data }
    },
  }
}

/** Reads `count` rows from row `start` on into the beginning of a buffer. */
async function readRows(
  handle: FileHandle,
  { path, offset, cols }: MatrixFile<Dtype>,
  start: number,
  count: number,
  buffer: StoredArray,
): Promise<void> {
  const numbers = buffer.subarray(0, count * cols)
  const bytes = new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength)
  const position = offset + start * cols * numbers.BYTES_PER_ELEMENT
  await translated(path, async () => {
    for (let at = 0; at < bytes.byteLength; ) {
      const { bytesRead } = await handle.read(bytes, at, bytes.byteLength - at, position + at)
      if (bytesRead === 0) {
        throw new UserError('io', `${path}: ends before row ${start + count}, expected it not to change`)
      }
      at += bytesRead
    }
  })
  fromLittleEndian(numbers)
}
