import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { fit } from '../../src/app/fit/fit.ts'
import type { FitOptions } from '../../src/app/fit/options.ts'
import { UserError, type UserErrorCode } from '../../src/user-error.ts'
import { type Bundle, saveArray, writeBundle } from './bundle.ts'

/** What a user might give, and the sentence that they get. `{…}` stands for a path of the bundle. */
type Case = readonly [
  what: string,
  change: (bundle: Bundle) => Promise<Partial<FitOptions>> | Partial<FitOptions>,
  code: UserErrorCode,
  message: string | RegExp,
]

const floats = (directory: string, name: string, shape: number[], data: number[]) =>
  saveArray(directory, name, { dtype: 'float32', shape, data: Float32Array.from(data) })

const CASES: readonly Case[] = [
  ['λ of 0', () => ({ lambda: 0 }), 'usage', 'lambda: 0, expected a number above 0'],
  ['a negative λ', () => ({ lambda: -1 }), 'usage', 'lambda: -1, expected a number above 0'],
  ['λ that is no number', () => ({ lambda: Number.NaN }), 'usage', 'lambda: NaN, expected a number above 0'],
  ['a gap of 0', () => ({ gap: 0 }), 'usage', 'gap: 0, expected a number above 0'],
  [
    'targets that do not exist',
    () => ({ targets: 'teachers' as 'teacher' }),
    'usage',
    'targets not found: teachers, expected one of teacher, labels',
  ],
  [
    'an activation without a suitable loss',
    () => ({ activation: 'gelu' as 'relu' }),
    'usage',
    'activation not found: gelu, expected one of softmax, sigmoid, relu, tanh, identity',
  ],
  [
    'a model beside arrays',
    () => ({ model: 'm.onnx' }),
    'usage',
    '--model and --features: expected one of them, leave one out',
  ],
  ['an option of models', () => ({ mean: [0] }), 'usage', '--mean: goes with --model, which is not given'],
  [
    'a missing file',
    ({ directory }) => ({ features: join(directory, 'none.npy') }),
    'not-found',
    /none\.npy: no such file, check the path$/,
  ],
  ['a directory', ({ directory }) => ({ features: directory }), 'io', /: a directory, expected a file$/],
  [
    'a foreign file',
    async ({ directory }) => {
      await writeFile(join(directory, 'x.txt'), 'hello there')
      return { features: join(directory, 'x.txt') }
    },
    'format',
    /x\.txt: none of \.npy, \.npz, \.safetensors, IDX, Parquet, \.csv and \.jsonl, expected one of these, convert it or check the path$/,
  ],
  [
    'NaN among the features',
    async ({ directory }) => ({
      features: await floats(
        directory,
        'nan',
        [200, 6],
        Array.from({ length: 1200 }, (_, k) => (k === 7 ? Number.NaN : 0)),
      ),
      ...NO_TESTS,
    }),
    'value',
    /nan\.npy: NaN at row 1, column 1, expected finite numbers$/,
  ],
  [
    'infinity among the logits',
    async ({ directory }) => ({
      logits: await floats(
        directory,
        'inf',
        [200, 1],
        Array.from({ length: 200 }, (_, i) => (i === 7 ? Infinity : 0)),
      ),
    }),
    'value',
    /inf\.npy: Infinity at row 7, expected finite numbers$/,
  ],
  [
    'labels out of range',
    async ({ directory }) => ({
      labels: await saveArray(directory, 'high', {
        dtype: 'int64',
        shape: [200],
        data: new BigInt64Array(200).fill(3n),
      }),
    }),
    'value',
    /high\.npy: label 3 at row 0, expected 0 to 2 for 3 outputs$/,
  ],
  [
    'negative labels',
    async ({ directory }) => ({
      labels: await saveArray(directory, 'low', {
        dtype: 'int32',
        shape: [200],
        data: new Int32Array(200).fill(-1),
      }),
    }),
    'value',
    /low\.npy: label -1 at row 0, expected a class index, 0 or more$/,
  ],
  [
    'labels of another length',
    async ({ directory }) => ({
      labels: await saveArray(directory, 'short', { dtype: 'int32', shape: [7], data: new Int32Array(7) }),
    }),
    'shape',
    /short\.npy: expected \[200\], got \[7\]$/,
  ],
  [
    'features of one axis',
    async ({ directory }) => ({ features: await floats(directory, 'flat', [4], [1, 2, 3, 4]) }),
    'shape',
    /flat\.npy: expected \[n, numbers an example\], got \[4\]$/,
  ],
  [
    'test features of another width',
    async ({ directory }) => ({
      testFeatures: await floats(directory, 'wide', [40, 1], new Array(40).fill(1)),
    }),
    'shape',
    /wide\.npy: expected \[40, 6\], got \[40, 1\]$/,
  ],
  [
    'a head of another shape',
    async ({ directory }) => ({ headWeight: await floats(directory, 'w', [2, 2], [1, 2, 3, 4]) }),
    'shape',
    /w\.npy: expected \[3, 6\], got \[2, 2\] for 6 features and 3 outputs$/,
  ],
  [
    'no target at all',
    () => ({ logits: undefined, labels: undefined, headWeight: undefined, headBias: undefined }) as object,
    'usage',
    'targets labels: no labels found, add --labels',
  ],
  [
    'labels that start at 1',
    async ({ directory }) => ({
      labels: await saveArray(directory, 'one', {
        dtype: 'int64',
        shape: [200],
        data: BigInt64Array.from({ length: 200 }, (_, i) => BigInt((i % 3) + 1)),
      }),
    }),
    'value',
    /one\.npy: label 3 at row 2, expected 0 to 2 for 3 outputs, these start at 1: subtract 1$/,
  ],
  [
    'probabilities for logits',
    async ({ directory }) =>
      ({
        logits: await floats(directory, 'p', [200, 3], new Array(200).fill([0.5, 0.25, 0.25]).flat()),
        headWeight: undefined,
        headBias: undefined,
      }) as object,
    'value',
    /p\.npy: every row sums to 1, which probabilities do, expected logits, save their logarithm$/,
  ],
  ['no output directory', () => ({ out: '' }), 'usage', 'out: missing, expected the directory to write'],
  [
    'the working directory',
    () => ({ out: '.' }),
    'usage',
    '.: the working directory is in it, choose a new one to write',
  ],
  [
    'the root of all directories',
    () => ({ out: '/', force: true }),
    'usage',
    '/: the working directory is in it, choose a new one to write',
  ],
  [
    'too few ids',
    async ({ directory }) => {
      await writeFile(join(directory, 'ids.txt'), 'a\nb\n')
      return { ids: join(directory, 'ids.txt') }
    },
    'shape',
    /ids\.txt: 2 names, expected 200, one for each training example$/,
  ],
  [
    'a device that is not there',
    () => ({ device: 'tpu' as 'cpu' }),
    'usage',
    'device not found: tpu, expected one of cpu, webgpu, cuda',
  ],
  [
    'a device with no network to run',
    () => ({ device: 'webgpu' as const }),
    'usage',
    '--device: needs --model too',
  ],
]

const NO_TESTS = { testFeatures: undefined, testLabels: undefined, testLogits: undefined } as object

test.each(CASES)('%s: one sentence, and nothing is written', async (_, change, code, message) => {
  const bundle = await writeBundle()
  const { directory, ...options } = bundle
  const given = Object.entries({ ...options, ...(await change(bundle)) }).filter(
    ([, value]) => value !== undefined,
  )
  const failure = await fit(Object.fromEntries(given) as unknown as FitOptions).catch(error => error)
  expect(failure).toBeInstanceOf(UserError)
  expect(failure.message).toMatch(message)
  expect(failure.code).toBe(code)
  expect((await readdir(directory)).filter(name => name.includes('explainer'))).toEqual([])
})

test('an output directory that exists is kept, unless it is an explainer and --force is given', async () => {
  const { directory, ...options } = await writeBundle({ n: 20 })
  await mkdir(options.out)
  await writeFile(join(options.out, 'thesis.tex'), 'years of work')
  const refusal = `${options.out}: a directory with other files in it, expected a new one, choose another --out`
  await expect(fit({ ...options, force: true })).rejects.toThrow(refusal)
  expect(await readdir(options.out)).toEqual(['thesis.tex'])

  const other = { ...options, out: join(directory, 'second') }
  await fit(other)
  await expect(fit(other)).rejects.toThrow(
    `${other.out}: an explainer already, add --force to replace it or choose another --out`,
  )
  await fit({ ...other, force: true })
  await mkdir(join(other.out, 'notes'))
  await writeFile(join(other.out, 'notes/plan.md'), 'years of work')
  await expect(fit({ ...other, force: true })).rejects.toThrow(
    `${other.out}: notes/plan.md was not written by fit, move it away before --force replaces it`,
  )
})
