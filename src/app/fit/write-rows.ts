import { littleEndianBytes } from '../../formats/elements.ts'
import { encodeNpyHeader } from '../../formats/npy.ts'
import {
  type Dtype,
  memoryRows,
  type Rows,
  type StoredArray,
  type StoredMatrix,
  storedArray,
  storedArrayOf,
  storedMatrix,
} from '../../math/rows.ts'
import { fileRows } from '../../store/file-rows.node.ts'
import type { ExplainerWriter } from '../../store/write.node.ts'

/** The size of a matrix whose rows are made one block after another. */
export type Size<D extends Dtype> = Pick<Rows<D>, 'rows' | 'cols' | 'dtype'>

/**
 * Writes a matrix as its .npy file in the explainer from its rows in order, and answers the rows as they are
 * read again: from memory where they are to be held, else from that file.
 */
export async function writeRows<D extends Dtype>(
  writer: ExplainerWriter,
  path: string,
  { rows, cols, dtype }: Size<D>,
  blocks: AsyncIterable<StoredMatrix<D>>,
  { inMemory = false, signal }: { inMemory?: boolean; signal?: AbortSignal | undefined } = {},
): Promise<Rows<D>> {
  const header = encodeNpyHeader(dtype, [rows, cols])
  const held = inMemory ? roomFor(dtype, rows * cols) : null
  await writer.writeParts(path, parts())
  if (held) return memoryRows(storedMatrix<D>(rows, cols, held))
  return fileRows({ path: writer.pathOf(path), offset: header.byteLength, rows, cols, dtype })

  async function* parts(): AsyncGenerator<Uint8Array> {
    yield header
    let at = 0
    for await (const block of blocks) {
      signal?.throwIfAborted()
      const numbers = storedArray(block)
      held?.set(numbers, at)
      at += numbers.length
      yield littleEndianBytes(numbers)
    }
    if (at !== rows * cols) throw new Error(`${path}: ${at} numbers, expected [${rows}, ${cols}]`)
  }
}

/** Room in memory; null where the system has none, so that the rows stay on the disk. */
function roomFor(dtype: Dtype, length: number): StoredArray | null {
  try {
    return storedArrayOf(dtype, length)
  } catch (error) {
    if (error instanceof RangeError) return null
    throw error
  }
}

/** Writes all of some rows that can be read again from where they are. */
export async function copyRows(writer: ExplainerWriter, path: string, rows: Rows): Promise<void> {
  await writeRows(writer, path, rows, matrices(rows))
}

const BLOCK_ROWS = 4096

/** The matrices of all blocks. */
export async function* matrices<D extends Dtype>(rows: Rows<D>): AsyncGenerator<StoredMatrix<D>> {
  for await (const { matrix } of rows.blocks(BLOCK_ROWS)) yield matrix
}
