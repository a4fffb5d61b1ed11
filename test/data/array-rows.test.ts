import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { openRows } from '../../src/data/array-rows.ts'
import { toFloat32, toMatrix } from '../../src/data/arrays.ts'
import { readDataset } from '../../src/data/dataset.node.ts'
import { preprocessedRows } from '../../src/data/preprocess.ts'
import { openArrays } from '../../src/data/read-array.ts'
import { bytesOf } from '../../src/formats/bytes.ts'
import { encodeNpy, readNpy } from '../../src/formats/npy.ts'
import { encodeSafetensors } from '../../src/formats/safetensors.ts'
import { widened } from '../../src/math/float16.ts'
import { randomNormal } from '../../src/math/random.ts'
import type { FeatureRows } from '../../src/math/rows.ts'
import { temporaryDirectory } from '../app/bundle.ts'

const FIXTURES = join(import.meta.dirname, 'fixtures')

async function allOf(rows: FeatureRows, size: number, from = 0): Promise<number[]> {
  const seen: number[] = []
  for await (const { start, matrix } of rows.blocks(size, from)) {
    expect(start).toBe(from + seen.length / rows.cols)
    seen.push(...widened(matrix).data)
  }
  return seen
}

test.each(['bundle.npz', 'bundle.safetensors'])(
  'rows of %s are those of the array read whole',
  async name => {
    const path = join(FIXTURES, name)
    const file = await openArrays(path)
    const whole = toMatrix(await file.read('features'), path)
    const { rows } = await openRows(file, 'features')
    expect([rows.rows, rows.cols]).toEqual([whole.rows, whole.cols])
    for (const size of [1, 3, 1000]) expect(await allOf(rows, size)).toEqual([...whole.data])
    expect((await rows.fetch([1, 0])).data.subarray(0, rows.cols)).toEqual(
      whole.data.subarray(rows.cols, 2 * rows.cols),
    )
  },
)

const DTYPES = ['float16', 'float32', 'float64', 'uint8', 'int64'] as const

test.each(DTYPES)('rows and inputs of %s are read in parts as they are read whole', async dtype => {
  const directory = await temporaryDirectory()
  const normal = randomNormal(1)
  const numbers = Array.from({ length: 7 * 6 }, () => Math.round(8 * Math.abs(normal())))
  const data = {
    float16: Float32Array.from(numbers),
    float32: Float32Array.from(numbers, x => x / 3),
    float64: Float64Array.from(numbers, x => x / 3),
    uint8: Uint8Array.from(numbers),
    int64: BigInt64Array.from(numbers, BigInt),
  }[dtype]
  const preprocess = { scale: 0.5, mean: [1, 2, 3], std: [1, 2, 4] }
  for (const name of ['x.npy', 'x.safetensors']) {
    const path = join(directory, name)
    const pictures = { dtype, shape: [7, 2, 3], data }
    const matrix = { dtype, shape: [7, 6], data }
    const encode = name.endsWith('npy')
      ? encodeNpy
      : (inputs: typeof matrix) => encodeSafetensors({ inputs, features: inputs })
    await writeFile(path, encode(matrix))
    const opened = await openRows(await openArrays(path), 'features')
    expect([opened.dtype, opened.rows.dtype]).toEqual([dtype, dtype === 'float16' ? 'float16' : 'float32'])
    const expected = toFloat32(data)
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 9 }), fc.nat(3), async (size, skipped) => {
        expect(await allOf(opened.rows, size, size * skipped)).toEqual([
          ...expected.slice(size * skipped * 6),
        ])
      }),
      { seed: 1, numRuns: 20 },
    )
    await writeFile(path, encode(pictures))
    const dataset = await readDataset(path)
    expect([dataset.count, dataset.itemShape, dataset.dtype]).toEqual([7, [2, 3], dtype])
    const inputs = dataset.inputs(preprocess)
    const whole = preprocessedRows(pictures, preprocess, path)
    for (const size of [1, 3, 7]) expect(await allOf(inputs, size)).toEqual(await allOf(whole, size))
    expect(await inputs.fetch([6, 0])).toEqual(await whole.fetch([6, 0]))
  }
})

test('what lies column by column is read whole, with the same rows', async () => {
  const path = join(await temporaryDirectory(), 'columns.npy')
  const array = { dtype: 'float32' as const, shape: [3, 2], data: Float32Array.of(1, 2, 3, 4, 5, 6) }
  const content = Buffer.from(encodeNpy(array))
  const header = content
    .toString('latin1', 0, 128)
    .replace("'fortran_order': False", "'fortran_order': True ")
  content.write(header, 'latin1')
  await writeFile(path, content)
  const file = await openArrays(path)
  expect(await file.place('features')).toBeNull()
  const { rows } = await openRows(file, 'features')
  expect(await allOf(rows, 2)).toEqual([1, 4, 2, 5, 3, 6])
  expect([...(await readNpy(bytesOf(await readFile(path), path))).data]).toEqual([1, 4, 2, 5, 3, 6])
})
