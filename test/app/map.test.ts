import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openExplainer } from '../../src/app/explainer/open.ts'
import { fit } from '../../src/app/fit/fit.ts'
import { makeMap } from '../../src/app/map/make-map.ts'
import { readMap } from '../../src/app/map/map-file.node.ts'
import { bytesOf } from '../../src/formats/bytes.ts'
import { encodeNpy } from '../../src/formats/npy.ts'
import { readParquet } from '../../src/formats/parquet.ts'
import { randomNormal } from '../../src/math/random.ts'
import { temporaryDirectory, writeBundle } from './bundle.ts'

test('examples of the same cluster stand together', async () => {
  const directory = await temporaryDirectory()
  const [n, d] = [120, 8]
  const normal = randomNormal(5)
  const data = Float32Array.from({ length: n * d }, (_, at) => normal() + (Math.floor(at / d) % 3) * 20)
  const labels = BigInt64Array.from({ length: n }, (_, i) => BigInt(i % 3))
  const features = join(directory, 'features.npy')
  await writeFile(features, encodeNpy({ dtype: 'float32', shape: [n, d], data }))
  await writeFile(join(directory, 'labels.npy'), encodeNpy({ dtype: 'int64', shape: [n], data: labels }))
  const out = join(directory, 'explainer')
  await fit({ out, features, labels: join(directory, 'labels.npy') })
  const { train, test: tests, of } = await makeMap({ directory: out })
  expect([of, train.rows.length, tests.rows.length]).toEqual([n, n, 0])
  const far = (i: number, j: number) => Math.hypot(train.x[i] - train.x[j], train.y[i] - train.y[j])
  for (let i = 0; i < n; i++) {
    const others = Array.from({ length: n }, (_, j) => j).filter(j => j !== i)
    others.sort((a, b) => far(i, a) - far(i, b))
    expect(others.slice(0, 5).every(j => j % 3 === i % 3)).toBe(true)
  }
})

test('what was made is read again, and the same options make the same', async () => {
  const bundle = await writeBundle({ n: 60, tests: 20 })
  await fit(bundle)
  const explainer = await openExplainer(bundle.out)
  expect(await readMap(explainer)).toBe(null)
  const made = await makeMap({ directory: bundle.out })
  expect(await readMap(explainer)).toEqual(made)
  expect(await makeMap({ directory: bundle.out })).toEqual(made)
  expect(await makeMap({ directory: bundle.out, seed: 1 })).not.toEqual(made)
})

test('a sample keeps both splits, and the table names its examples', async () => {
  const bundle = await writeBundle({ n: 90, tests: 30 })
  await fit(bundle)
  const { train, test: tests, of } = await makeMap({ directory: bundle.out, limit: 40 })
  expect(of).toBe(120)
  expect([train.rows.length, tests.rows.length]).toEqual([30, 10])
  const path = join(bundle.out, 'map/points.parquet')
  const { id, projection_x } = await readParquet(bytesOf(await readFile(path), path), ['id', 'projection_x'])
  expect(id.slice(0, 2)).toEqual(train.rows.slice(0, 2).map(row => `train/${row}`))
  expect(id.at(-1)).toBe(`test/${tests.rows.at(-1)}`)
  expect(projection_x).toHaveLength(40)
})

test.each([1, 2, 3, 4, 10])('%i examples have a map too', async n => {
  const bundle = await writeBundle({ n: 30, tests: 5 })
  await fit(bundle)
  const { train, test: tests } = await makeMap({ directory: bundle.out, limit: n })
  expect(train.rows.length + tests.rows.length).toBe(n)
  expect([...train.x, ...train.y, ...tests.x].every(Number.isFinite)).toBe(true)
})

test('a stop leaves the map that was there', async () => {
  const bundle = await writeBundle({ n: 60, tests: 20 })
  await fit(bundle)
  const before = await makeMap({ directory: bundle.out })
  const controller = new AbortController()
  const stopped = makeMap({
    directory: bundle.out,
    seed: 7,
    signal: controller.signal,
    onProgress: ({ phase }) => phase === 'layout' && controller.abort(),
  })
  await expect(stopped).rejects.toThrow(/abort/i)
  expect(await readMap(await openExplainer(bundle.out))).toEqual(before)
})

test('a map of other examples is refused, as is a limit that is none', async () => {
  const bundle = await writeBundle({ n: 30, tests: 5 })
  await fit(bundle)
  await makeMap({ directory: bundle.out })
  const small = await writeBundle({ n: 20, tests: 5 })
  await fit(small)
  await mkdir(join(small.out, 'map'))
  const points = await readFile(join(bundle.out, 'map/points.parquet'))
  await writeFile(join(small.out, 'map/points.parquet'), points)
  await expect(readMap(await openExplainer(small.out))).rejects.toThrow(
    'points.parquet: of other examples, expected rows below 20, remove it',
  )
  await expect(makeMap({ directory: bundle.out, limit: 0 })).rejects.toThrow(
    'limit: 0, expected a whole number, 1 or more',
  )
})
