import { truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { littleEndianBytes } from '../../src/formats/elements.ts'
import { narrowFloat16, widened } from '../../src/math/float16.ts'
import { memoryRows, type StoredMatrix, storedArray } from '../../src/math/rows.ts'
import { fileRows } from '../../src/store/file-rows.node.ts'
import { temporaryDirectory } from '../app/bundle.ts'
import { normalMatrix } from '../method/problems.ts'

const OFFSET = 5

/** A matrix in memory, and in a file behind a few other bytes. */
async function bothWays(directory: string, rows: number, cols: number, dtype: 'float32' | 'float16') {
  const wide = normalMatrix(rows, cols, 1)
  const matrix: StoredMatrix = dtype === 'float32' ? wide : { rows, cols, bits: narrowFloat16(wide.data) }
  const path = join(directory, `${dtype}-${rows}-${cols}`)
  await writeFile(path, Buffer.concat([Buffer.alloc(OFFSET), littleEndianBytes(storedArray(matrix))]))
  return { path, memory: memoryRows(matrix), file: fileRows({ path, offset: OFFSET, rows, cols, dtype }) }
}

test.each(['float32', 'float16'] as const)('a file of %s gives what memory does', async dtype => {
  const directory = await temporaryDirectory()
  const size = fc.integer({ min: 1, max: 20 })
  const any = fc.record({
    rows: size,
    cols: size,
    block: size,
    skipped: fc.nat(3),
    wanted: fc.array(fc.nat(99)),
  })
  await fc.assert(
    fc.asyncProperty(any, async ({ rows, cols, block, skipped, wanted }) => {
      const { memory, file } = await bothWays(directory, rows, cols, dtype)
      expect([file.rows, file.cols, file.dtype]).toEqual([memory.rows, memory.cols, memory.dtype])
      const expected = memory.blocks(block, skipped * block)[Symbol.asyncIterator]()
      for await (const found of file.blocks(block, skipped * block)) {
        expect(found).toEqual((await expected.next()).value)
      }
      expect((await expected.next()).done).toBe(true)
      const there = wanted.filter(row => row < rows)
      expect(await file.fetch(there)).toEqual(await memory.fetch(there))
    }),
    { seed: 1, numRuns: 60 },
  )
})

test('however long a file is, a pass holds a few blocks of it', async () => {
  const { file } = await bothWays(await temporaryDirectory(), 1000, 3, 'float16')
  const buffers = new Set<unknown>()
  for await (const { matrix } of file.blocks(10)) {
    buffers.add(storedArray(matrix).buffer)
    expect(storedArray(matrix).buffer.byteLength).toBe(10 * 3 * 2)
  }
  expect(buffers.size).toBe(3)
})

test('a pass that is left early, or whose file is cut off, ends in one sentence or in none', async () => {
  const { path, file } = await bothWays(await temporaryDirectory(), 100, 3, 'float32')
  for await (const { matrix } of file.blocks(10)) {
    expect(widened(matrix).rows).toBe(10)
    break
  }
  await truncate(path, OFFSET + 55 * 3 * 4)
  const readAll = async () => {
    let rows = 0
    for await (const { matrix } of file.blocks(10)) rows += matrix.rows
    return rows
  }
  await expect(readAll()).rejects.toThrow(`${path}: ends before row 60, expected it not to change`)
  await expect(file.fetch([3, 70])).rejects.toThrow(`${path}: ends before row 71`)
})
