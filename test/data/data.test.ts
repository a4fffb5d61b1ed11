import { copyFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { gzipSync } from 'fflate'
import { expect, test } from 'vitest'
import { toLabels, toMatrix, toVector } from '../../src/data/arrays.ts'
import { readDataset } from '../../src/data/dataset.node.ts'
import { pictureOf } from '../../src/data/pictures.ts'
import { preprocessedRows, resolvePreprocess } from '../../src/data/preprocess.ts'
import type { NdArray } from '../../src/formats/ndarray.ts'
import { encodeNpy } from '../../src/formats/npy.ts'
import { temporaryDirectory } from '../app/bundle.ts'

const bytes = (shape: number[], data: number[]): NdArray => ({
  dtype: 'uint8',
  shape,
  data: Uint8Array.from(data),
})

/** An IDX file of bytes, as the format's page describes it. */
function idx(shape: number[], data: number[]): Uint8Array {
  const sizes = shape.flatMap(size => [size >> 24, (size >> 16) & 255, (size >> 8) & 255, size & 255])
  return Uint8Array.from([0, 0, 8, shape.length, ...sizes, ...data])
}

test('labels are found beside IDX images, gzipped or not', async () => {
  const directory = await temporaryDirectory()
  for (const [name, pack] of [
    ['', (content: Uint8Array) => content],
    ['.gz', (content: Uint8Array) => gzipSync(content)],
  ] as const) {
    const images = join(directory, `train-images-idx3-ubyte${name}`)
    await writeFile(images, pack(idx([2, 1, 3], [1, 2, 3, 4, 5, 6])))
    expect((await readDataset(images)).labels).toBeNull()
    await writeFile(join(directory, `train-labels-idx1-ubyte${name}`), pack(idx([2], [7, 9])))
    const { count, itemShape, dtype, labels } = await readDataset(images)
    expect([count, itemShape, dtype]).toEqual([2, [1, 3], 'uint8'])
    expect(labels).toEqual(Int32Array.of(7, 9))
  }
})

test('labels of another number of examples are refused', async () => {
  const directory = await temporaryDirectory()
  const images = join(directory, 'images.npy')
  const labels = join(directory, 'y.npy')
  await writeFile(images, encodeNpy(bytes([2, 2], [1, 2, 3, 4])))
  await writeFile(labels, encodeNpy(bytes([3], [0, 1, 2])))
  await expect(readDataset(images, { labels })).rejects.toThrow(
    `${labels}: 3 labels, expected 2, one for each example of ${images}`,
  )
})

test('an .npz brings inputs and labels together, and says which arrays it has where neither is there', async () => {
  const fixtures = join(import.meta.dirname, '../onnx/fixtures')
  const { count, itemShape } = await readDataset(join(fixtures, 'gemm.npz'))
  expect([count, itemShape]).toEqual([3, [6]])
  const directory = await temporaryDirectory()
  const copy = join(directory, 'head.npz')
  await copyFile(join(fixtures, 'gemm.npz'), copy)
  await expect(readDataset(copy, { labels: copy })).rejects.toThrow(
    /no labels among the arrays .*weight.*, save them as labels$/,
  )
})

test('bytes become (x · scale − mean) / std, channel by channel, whatever the blocks', async () => {
  const any = fc.record({
    n: fc.integer({ min: 1, max: 9 }),
    layout: fc.constantFrom([3, 2, 2], [2, 2, 3]),
    mean: fc.array(fc.float({ min: -2, max: 2, noNaN: true }), { minLength: 3, maxLength: 3 }),
    std: fc.array(fc.float({ min: Math.fround(0.1), max: 4, noNaN: true }), { minLength: 3, maxLength: 3 }),
    size: fc.integer({ min: 1, max: 10 }),
    seed: fc.array(fc.nat(255), { minLength: 108, maxLength: 108 }),
  })
  await fc.assert(
    fc.asyncProperty(any, async ({ n, layout, mean, std, size, seed }) => {
      const data = seed.slice(0, n * 12)
      const rows = preprocessedRows(bytes([n, ...layout], data), { scale: 1 / 255, mean, std }, 'x')
      const expected = data.map((x, k) => {
        const place = k % 12
        const channel = layout[0] === 3 ? Math.floor(place / 4) : place % 3
        return (x / 255 - mean[channel]) / std[channel]
      })
      const seen: number[] = []
      for await (const { start, matrix } of rows.blocks(size)) {
        expect(start).toBe(seen.length / 12)
        seen.push(...matrix.data)
      }
      expect(seen).toHaveLength(expected.length)
      seen.forEach((value, k) => {
        expect(Math.abs(value - expected[k])).toBeLessThan(1e-5)
      })
      const rest: number[] = []
      for await (const { matrix } of rows.blocks(size, size)) rest.push(...matrix.data)
      expect(rest).toEqual(seen.slice(size * 12))
      const { data: last } = await rows.fetch([n - 1])
      expect(Array.from(last)).toEqual(seen.slice(-12))
    }),
    { numRuns: 50 },
  )
})

test.each([
  [{ std: [0] }, 'std: 0, expected numbers above 0, one a channel'],
  [{ mean: [Number.NaN] }, 'mean: NaN, expected numbers, one a channel'],
  [{ scale: 0 }, 'scale: 0, expected a number, not 0'],
])('%o is refused', (options, message) => {
  expect(() => resolvePreprocess(options, 'uint8')).toThrow(message)
})

test('bytes are scaled to 0 … 1 unless told, other numbers are taken as they are', () => {
  expect(resolvePreprocess({}, 'uint8').scale).toBe(1 / 255)
  expect(resolvePreprocess({}, 'float32').scale).toBe(1)
})

test('means for channels that the examples do not have are refused', () => {
  const options = { scale: 1, mean: [0, 0], std: [1] }
  expect(() => preprocessedRows(bytes([1, 3, 2, 3], new Array(18).fill(0)), options, 'x.npy')).toThrow(
    'x.npy: 2 numbers in mean or std, expected one, or one for each channel of [3, 2, 3]',
  )
})

test('numbers of any type become matrices, vectors and labels', () => {
  const int64: NdArray = { dtype: 'int64', shape: [2, 1], data: BigInt64Array.of(3n, 0n) }
  expect(toLabels(int64, 'y')).toEqual(Int32Array.of(3, 0))
  expect(toMatrix(int64, 'y').data).toEqual(Float32Array.of(3, 0))
  expect(toVector({ dtype: 'float64', shape: [1, 2], data: Float64Array.of(0.5, 1) }, 'b')).toEqual(
    Float32Array.of(0.5, 1),
  )
  const halves: NdArray = { dtype: 'float32', shape: [2], data: Float32Array.of(1, 0.5) }
  expect(() => toLabels(halves, 'y.npy')).toThrow(
    'y.npy: label 0.5 at row 1, expected a class index, 0 or more',
  )
  const oneHot: NdArray = { dtype: 'uint8', shape: [2, 3], data: new Uint8Array(6) }
  expect(() => toLabels(oneHot, 'y.npy')).toThrow(
    'y.npy: expected one class index an example [n], got [2, 3], save the argmax where they are one-hot',
  )
})

test('a picture is the same whichever way its channels stand', () => {
  const planes = pictureOf(bytes([1, 3, 2, 1], [1, 2, 3, 4, 5, 6]), 0)
  const pixels = pictureOf(bytes([1, 2, 1, 3], [1, 3, 5, 2, 4, 6]), 0)
  expect(planes).toEqual(pixels)
  expect(pictureOf({ dtype: 'float32', shape: [1, 2, 2], data: new Float32Array(4) }, 0)).toBeNull()
  expect(pictureOf(bytes([2, 5], new Array(10).fill(0)), 0)).toBeNull()
})
