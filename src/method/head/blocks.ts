import type { Dtype, Rows, StoredMatrix } from '../../math/rows.ts'

/** Numbers in a block that stays in cache between the two products of a gradient. */
const BLOCK_NUMBERS = 2 ** 20

/** Rows of a block: about 2,000 at d = 512, never so few that starting the graph costs more than running it. */
export function blockRows(numbersPerRow: number): number {
  return Math.max(256, Math.min(8192, Math.floor(BLOCK_NUMBERS / numbersPerRow)))
}

export interface PairedBlock<D extends Dtype> {
  readonly start: number
  readonly a: StoredMatrix<D>
  readonly b: StoredMatrix<'float32'>
}

/** The same rows of two matrices, block by block. */
export async function* pairedBlocks<D extends Dtype>(
  a: Rows<D>,
  b: Rows,
  size: number,
): AsyncGenerator<PairedBlock<D>> {
  const others = b.blocks(size)[Symbol.asyncIterator]()
  try {
    for await (const { start, matrix } of a.blocks(size)) {
      const other = await others.next()
      if (other.done || other.value.matrix.rows !== matrix.rows) {
        throw new Error(`paired rows: ${a.rows} and ${b.rows} rows part at ${start}`)
      }
      yield { start, a: matrix, b: other.value.matrix }
    }
  } finally {
    await others.return?.()
  }
}

/** The same rows of two matrices, of which the second may not be there. */
export async function* blocksBeside<D extends Dtype>(
  a: Rows<D>,
  b: Rows | null,
  size: number,
): AsyncGenerator<Omit<PairedBlock<D>, 'b'> & { readonly b: PairedBlock<D>['b'] | null }> {
  if (b) yield* pairedBlocks(a, b, size)
  else for await (const { start, matrix } of a.blocks(size)) yield { start, a: matrix, b: null }
}
