import fc from 'fast-check'
import { expect, test } from 'vitest'
import { memoryRows, type Rows, storedArray, storedMatrix, withoutRows } from '../../src/math/rows.ts'

const COLS = 2

/** Rows that tell which they are, as singles or as halves whose bits they are. */
const numbered = (dtype: 'float32' | 'float16', rows: number) => {
  const data = Array.from({ length: rows * COLS }, (_, k) => k)
  return memoryRows(
    storedMatrix(rows, COLS, dtype === 'float32' ? Float32Array.from(data) : Uint16Array.from(data)),
  )
}

/** The numbers of every block, and where each starts. */
async function read(rows: Rows<'float32' | 'float16'>, size: number, from?: number) {
  const found: number[][] = []
  for await (const { start, matrix } of rows.blocks(size, from)) {
    const numbers = storedArray(matrix)
    for (let i = 0; i < matrix.rows; i++) found[start + i] = [...numbers.subarray(i * COLS, (i + 1) * COLS)]
  }
  return found
}

test.each(['float32', 'float16'] as const)(
  'rows that are left out of %s are those alone, in blocks of any size',
  async dtype => {
    const choice = fc.record({
      rows: fc.integer({ min: 1, max: 30 }),
      leftOut: fc.uniqueArray(fc.nat(29)),
      size: fc.integer({ min: 1, max: 8 }),
      from: fc.nat(10),
    })
    await fc.assert(
      fc.asyncProperty(choice, async ({ rows, leftOut, size, from }) => {
        const all = numbered(dtype, rows)
        const some = withoutRows<'float32' | 'float16'>(all, new Set(leftOut))
        const kept = Array.from({ length: rows }, (_, row) => row).filter(row => !leftOut.includes(row))
        const expected = kept.map(row => [row * COLS, row * COLS + 1])
        expect([some.rows, some.dtype]).toEqual([kept.length, dtype])
        expect(await read(some, size)).toEqual(expected)
        expect((await read(some, size, from)).slice(from)).toEqual(expected.slice(from))
        const wanted = kept.map((_, k) => k).reverse()
        const { data } = await some.fetch(wanted)
        expect([...data]).toEqual([...(await all.fetch(kept.toReversed())).data])
      }),
    )
  },
)
