import { createHash } from 'node:crypto'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test, vi } from 'vitest'
import { openExplainer } from '../../src/app/explainer/open.ts'
import { fit } from '../../src/app/fit/fit.ts'
import type { FitOptions } from '../../src/app/fit/options.ts'
import { planFit } from '../../src/app/fit/plan.ts'
import { bytesOf } from '../../src/formats/bytes.ts'
import { encodeNpy, readNpy } from '../../src/formats/npy.ts'
import { encodeSafetensors } from '../../src/formats/safetensors.ts'
import { float16ToFloat32, float32ToFloat16 } from '../../src/math/float16.ts'
import { random, randomNormal } from '../../src/math/random.ts'
import { Network } from '../../src/method/network/network.ts'
import { type Bundle, saveArray, temporaryDirectory, writeBundle } from './bundle.ts'

const [N, D, C, TESTS] = [300, 6, 3, 40]

const bundleOf = () => writeBundle({ n: N, d: D, c: C, tests: TESTS })

const load = async (path: string) => readNpy(bytesOf(await readFile(path), path))

/** The checksum of every file of an explainer; the manifest without what differs from run to run. */
async function filesOf(directory: string): Promise<Record<string, string>> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true })
  const found: Record<string, string> = {}
  for (const entry of entries.filter(entry => entry.isFile()).sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(entry.parentPath, entry.name)
    const content = await readFile(path)
    const { seconds: _, ...manifest } = entry.name === 'explainer.json' ? JSON.parse(`${content}`) : {}
    const hash = createHash('sha256').update(
      entry.name === 'explainer.json' ? JSON.stringify(manifest) : content,
    )
    found[path.slice(directory.length)] = hash.digest('hex')
  }
  return found
}

/** A limit with which a fit of the bundle's size holds neither features nor targets. */
const least = (dtype: 'float32' | 'float16', hasValues = false): number =>
  planFit({ n: N, examples: N + TESTS, d: D, c: C, dtype, hasValues }, 0).needed

describe.each(['float32', 'float16'] as const)('a fit on features from the disk as %s', dtype => {
  const choices: [string, (bundle: Bundle) => Promise<Partial<FitOptions>>][] = [
    ['logits and labels', async ({ labels, logits }) => ({ labels, logits })],
    ['labels alone', async ({ labels }) => ({ labels })],
    ['a head', async ({ headWeight, headBias, labels }) => ({ headWeight, headBias, labels })],
    [
      'a free bias and a centred kernel',
      async ({ logits }) => ({ logits, bias: 'free', kernel: 'centred', lambda: 0.01 }),
    ],
    [
      'soft labels',
      async ({ directory }) => ({
        soft: await saveArray(directory, 'soft', {
          dtype: 'float32',
          shape: [N, C],
          data: Float32Array.from(
            { length: N * C },
            (_, k) => [0.5, 0.25, 0.25][(k + Math.floor(k / 7)) % 3],
          ),
        }),
        activation: 'sigmoid',
      }),
    ],
  ]

  test.each(choices)('gives the bytes of one in memory, with %s', async (_, choose) => {
    const bundle = await bundleOf()
    const { features, testFeatures, directory } = bundle
    const options = { features, testFeatures, dtype, ...(await choose(bundle)) }
    const [inMemory, fromDisk] = ['memory', 'disk'].map(name => join(directory, name))
    await fit({ ...options, out: inMemory })
    await fit({ ...options, out: fromDisk, memory: least(dtype) })
    const files = await filesOf(fromDisk)
    expect(Object.keys(files).length).toBeGreaterThan(10)
    expect(files).toEqual(await filesOf(inMemory))
    await openExplainer(fromDisk, { verify: true })
  })
})

test('features are stored as they were fitted to: halves are the nearest ones, and values add up by them', async () => {
  const { directory: _, ...bundle } = await bundleOf()
  const answer = await fit({ ...bundle, dtype: 'float16' })
  expect(answer.status).toBe('converged')
  const [given, stored] = [await load(bundle.features), await load(join(bundle.out, 'train/features.npy'))]
  expect([stored.dtype, stored.shape]).toEqual(['float16', [N, D]])
  const halves = Array.from(given.data as Float32Array, x => float16ToFloat32(float32ToFloat16(x)))
  expect([...stored.data]).toEqual(halves)
  const alpha = await load(join(bundle.out, 'alpha.npy'))
  const explainer = await openExplainer(bundle.out)
  expect(explainer.manifest.dtype).toBe('float16')
  const query = halves.slice(0, D)
  for (let j = 0; j < C; j++) {
    let sum = 0
    for (let i = 0; i < N; i++) {
      let similarity = 1
      for (let a = 0; a < D; a++) similarity += halves[i * D + a] * query[a]
      sum += Number(alpha.data[i * C + j]) * similarity
    }
    const { logit, completenessGap } = explainer.explain(query, { output: j })
    expect(Math.abs(sum - logit)).toBeLessThanOrEqual(completenessGap + 1e-11)
    expect(completenessGap).toBeLessThan(1e-4)
  }
})

test('features that their file has as halves are stored so unless asked otherwise, whatever the file', async () => {
  const { directory, features, labels } = await bundleOf()
  const array = await load(features)
  const halves = { ...array, dtype: 'float16' as const }
  const paths = [
    await saveArray(directory, 'halves', halves),
    join(directory, 'halves.safetensors'),
    join(directory, 'columns.npy'),
  ]
  await writeFile(paths[1], encodeSafetensors({ features: halves }))
  // The same, column by column, which cannot be read in parts.
  const transposed = Float32Array.from({ length: N * D }, (_, k) =>
    Number(array.data[(k % N) * D + Math.floor(k / N)]),
  )
  const columns = Buffer.from(encodeNpy({ dtype: 'float16', shape: [N, D], data: transposed }))
  columns.write(
    columns.toString('latin1', 0, 128).replace("'fortran_order': False", "'fortran_order': True "),
    'latin1',
  )
  await writeFile(paths[2], columns)
  const out = join(directory, 'explainer')
  const stored = async (options: Partial<FitOptions>) => {
    await fit({ features, labels, out, force: true, ...options })
    return filesOf(out)
  }
  const expected = await stored({ dtype: 'float16' })
  for (const path of paths) expect(await stored({ features: path })).toEqual(expected)
  expect(await stored({ features: paths[0], dtype: 'float32' })).not.toEqual(expected)
  expect((await load(join(out, 'train/features.npy'))).dtype).toBe('float32')
})

test('doubles, and numbers in the other byte order, become what they are in single precision', async () => {
  const { directory, features, labels } = await bundleOf()
  const array = await load(features)
  const out = join(directory, 'explainer')
  await fit({ features, labels, out })
  const expected = await filesOf(out)
  const doubles = { ...array, dtype: 'float64' as const, data: Float64Array.from(array.data, Number) }
  const path = await saveArray(directory, 'doubles', doubles)
  await fit({ features: path, labels, out, force: true })
  expect(await filesOf(out)).toEqual(expected)
  const swapped = Buffer.from(encodeNpy(array))
  swapped.subarray(128).swap32()
  swapped.write(swapped.toString('latin1', 0, 128).replace('<f4', '>f4'), 'latin1')
  await writeFile(path, swapped)
  await fit({ features: path, labels, out, force: true })
  expect(await filesOf(out)).toEqual(expected)
})

describe('one sentence, and nothing is written, where', () => {
  const refused = async (change: (bundle: Bundle) => Promise<Partial<FitOptions>>): Promise<string> => {
    const { directory, features, labels, out } = await bundleOf()
    const bundle = { features, labels, out }
    const error = await fit({ ...bundle, ...(await change({ ...bundle, directory } as Bundle)) }).catch(
      error => error,
    )
    expect(error.constructor.name).toBe('UserError')
    expect((await readdir(directory)).filter(name => name.includes('explainer'))).toEqual([])
    return error.message.replaceAll(`${directory}/`, '')
  }
  const numbers = (at: number, value: number): Float32Array =>
    Float32Array.from({ length: N * D }, (_, k) => (k === at ? value : 1))

  test.each([
    [65520, 'large.npy: 65520 at row 2, column 1, expected at most 65504 in size, which float16 holds'],
    [-1e9, 'large.npy: -1000000000 at row 2, column 1, expected at most 65504 in size, which float16 holds'],
    [Number.NaN, 'large.npy: NaN at row 2, column 1, expected finite numbers'],
  ])('%d is to be stored as a half', async (value, message) => {
    const change = async ({ directory }: Bundle) => ({
      dtype: 'float16' as const,
      features: await saveArray(directory, 'large', {
        dtype: 'float32',
        shape: [N, D],
        data: numbers(2 * D + 1, value),
      }),
    })
    expect(await refused(change)).toMatch(message)
  })

  test('a half of a file is infinite', async () => {
    const change = async ({ directory }: Bundle) => ({
      features: await saveArray(directory, 'halves', {
        dtype: 'float16',
        shape: [N, D],
        data: numbers(9, Number.POSITIVE_INFINITY),
      }),
    })
    expect(await refused(change)).toBe('halves.npy: Infinity at row 1, column 3, expected finite numbers')
  })

  test.each([
    [{ memory: '2 pounds' }, /^memory: 2 pounds, expected a size such as 2GiB/],
    [{ memory: '1MiB' }, /^memory: 1MiB, expected at least \d+MiB/],
    [{ dtype: 'float8' as never }, /^dtype not found: float8, expected one of float32, float16$/],
  ])('%j is asked for', async (options, message) => {
    expect(await refused(async () => options)).toMatch(message)
  })
})

test('features that do not fit are read from a work file that is gone when the fit is refused', async () => {
  const directory = await temporaryDirectory()
  const normal = randomNormal(1)
  const features = await saveArray(directory, 'F', {
    dtype: 'float32',
    shape: [50, 2],
    data: Float32Array.from({ length: 100 }, normal),
  })
  const labels = await saveArray(directory, 'y', {
    dtype: 'int32',
    shape: [50],
    data: Int32Array.from({ length: 50 }, (_, i) => i % 2),
  })
  const soft = await saveArray(directory, 'soft', {
    dtype: 'float32',
    shape: [50, 2],
    data: new Float32Array(100),
  })
  const out = join(directory, 'explainer')
  await expect(fit({ features, labels, soft, out })).rejects.toThrow(/soft\.npy: row 0 sums to 0/)
  expect((await readdir(directory)).sort()).toEqual(['F.npy', 'soft.npy', 'y.npy'])
})

/** Pictures of bytes for a small network, as an array. */
async function writePictures(directory: string): Promise<string> {
  const uniform = random(3)
  const data = Uint8Array.from({ length: N * 64 }, () => Math.floor(256 * uniform()))
  return saveArray(directory, 'pictures', { dtype: 'uint8', shape: [N, 8, 8], data })
}

test.each(['float32', 'float16'] as const)(
  'a network’s features from the disk as %s give the bytes of those in memory',
  async dtype => {
    const directory = await temporaryDirectory()
    const model = join(import.meta.dirname, '../onnx/fixtures/conv.onnx')
    const options = { model, dtype, train: await writePictures(directory) }
    const [inMemory, fromDisk] = ['memory', 'disk'].map(name => join(directory, name))
    await fit({ ...options, out: inMemory })
    const size = { n: N, examples: N, d: 32, c: 4, dtype, hasValues: false }
    await fit({ ...options, out: fromDisk, memory: planFit(size, 0).needed })
    expect(await filesOf(fromDisk)).toEqual(await filesOf(inMemory))
    expect((await load(join(fromDisk, 'train/features.npy'))).dtype).toBe(dtype)
  },
)

test('soft labels and names that do not fit are refused before a network is run', async () => {
  const directory = await temporaryDirectory()
  const model = join(import.meta.dirname, '../onnx/fixtures/conv.onnx')
  const options = { model, train: await writePictures(directory), out: join(directory, 'explainer') }
  const load = vi.spyOn(Network, 'load')
  const soft = (rows: number, cols: number) =>
    saveArray(directory, `soft-${rows}-${cols}`, {
      dtype: 'float32',
      shape: [rows, cols],
      data: new Float32Array(rows * cols).fill(1 / cols),
    })
  const ids = join(directory, 'ids.txt')
  await writeFile(ids, 'a\nb\n')
  const wrong = [
    [{ soft: await soft(N, 3) }, `soft-${N}-3.npy: expected [${N}, 4], got [${N}, 3]`],
    [{ soft: await soft(7, 4) }, `soft-7-4.npy: expected [${N}, 4], got [7, 4]`],
    [{ ids }, `ids.txt: 2 names, expected ${N}, one for each training example`],
  ] as const
  for (const [given, message] of wrong) await expect(fit({ ...options, ...given })).rejects.toThrow(message)
  expect(load).not.toHaveBeenCalled()
  load.mockRestore()
})

test('a fit that is aborted while it stores the features ends there, and leaves nothing', async () => {
  const { directory, features, labels, out } = await bundleOf()
  const controller = new AbortController()
  controller.abort(new Error('enough'))
  await expect(fit({ features, labels, out, signal: controller.signal })).rejects.toThrow('enough')
  expect((await readdir(directory)).filter(name => name.includes('explainer'))).toEqual([])
})
