import { mkdtemp, rename, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { bytesOf } from '../../src/formats/bytes.ts'
import { encodeNpy, readNpyHeader } from '../../src/formats/npy.ts'
import { areRows, FileLookup } from '../../src/store/file-lookup.node.ts'

let directory: string
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'representer-'))
})
afterAll(() => rm(directory, { recursive: true, force: true }))

/** Numbers that half precision holds as they are. */
const numbers = (count: number) => Float32Array.from({ length: count }, (_, a) => (a % 2048) - 1000)

async function stored(name: string, shape: [number, number], dtype: 'float32' | 'float16') {
  const path = join(directory, name)
  const content = encodeNpy({ dtype, shape, data: numbers(shape[0] * shape[1]) })
  await writeFile(path, content)
  const header = await readNpyHeader(bytesOf(content, path))
  if (!areRows(header)) throw new Error('no rows')
  return { path, header }
}

test.each(['float32', 'float16'] as const)('rows of %s are those of the array, in any order', async dtype => {
  let file = 0
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 400 }),
      fc.integer({ min: 1, max: 40 }),
      fc.integer({ min: 0, max: 40_000 }),
      fc.array(fc.nat(1e6), { maxLength: 60 }),
      async (rows, cols, cacheBytes, asked) => {
        const { path, header } = await stored(`${dtype}${file++}.npy`, [rows, cols], dtype)
        const lookup = new FileLookup(path, header, cacheBytes)
        const expected = numbers(rows * cols)
        for (const number of asked) {
          const row = number % rows
          const at = lookup.locate(row)
          expect(lookup.data.slice(at, at + cols)).toEqual(expected.slice(row * cols, (row + 1) * cols))
          if (number % 7 === 0) lookup.close()
        }
        lookup.close()
      },
    ),
    { numRuns: 60, seed: 3 },
  )
})

test('what is kept is read once, and takes no more than it may', async () => {
  const { path, header } = await stored('kept.npy', [10_000, 8], 'float32')
  const lookup = new FileLookup(path, header, 2 ** 16)
  expect(lookup.data.byteLength).toBeLessThanOrEqual(2 ** 16)
  const at = lookup.locate(9_999)
  await truncate(path, 200)
  expect(lookup.locate(9_999)).toBe(at)
  expect(() => lookup.locate(5)).toThrow(/kept\.npy: ends before byte \d+, expected it not to change/)
  lookup.close()
})

test('a file that is gone is an error for people', async () => {
  const { path, header } = await stored('gone.npy', [3, 3], 'float32')
  await rm(path)
  expect(() => new FileLookup(path, header, 0).locate(1)).toThrow('gone.npy: cannot be read (ENOENT)')
})

test('a file that another one of its size has replaced is an error, not other rows', async () => {
  const { path, header } = await stored('replaced.npy', [3, 3], 'float32')
  const lookup = new FileLookup(path, header, 0)
  await rename((await stored('other.npy', [3, 3], 'float32')).path, path)
  expect(() => lookup.locate(1)).toThrow('replaced.npy: another file than it was')
})

test('only rows of single or half precision are read in place', async () => {
  const header = async (content: Uint8Array) => readNpyHeader(bytesOf(content, 'x.npy'))
  const data = Float64Array.of(1, 2)
  expect(areRows(await header(encodeNpy({ dtype: 'float64', shape: [1, 2], data })))).toBe(false)
  expect(areRows(await header(encodeNpy({ dtype: 'float32', shape: [2], data: numbers(2) })))).toBe(false)
})
