import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import { expect, test } from 'vitest'
import { explain } from '../../src/app/explain/explain.ts'
import type { ExplainChoices, Query } from '../../src/app/explainer/explanation.ts'
import { openExplainer } from '../../src/app/explainer/open.ts'
import { fit } from '../../src/app/fit/fit.ts'
import { mistakes } from '../../src/app/mistakes.ts'
import { suspects } from '../../src/app/suspects/suspects.ts'
import { bytesOf } from '../../src/formats/bytes.ts'
import type { NdArray } from '../../src/formats/ndarray.ts'
import { readNpz } from '../../src/formats/npz.ts'
import { saveArray, temporaryDirectory, writeBundle } from './bundle.ts'

async function fittedBundle(names?: { ids?: string[]; classes?: string[] }) {
  const { directory, ...bundle } = await writeBundle({ n: 40, tests: 5 })
  const files: Record<string, string> = {}
  for (const [option, values] of Object.entries(names ?? {})) {
    files[option] = join(directory, `${option}.json`)
    await writeFile(files[option], JSON.stringify(values))
  }
  await fit({ ...bundle, ...files })
  return { ...bundle, directory }
}

const numbers = (n: number, from: number): string[] => Array.from({ length: n }, (_, i) => String(from - i))

test('an id goes before a row number, and a row is reached where no id is called so', async () => {
  const { out } = await fittedBundle({ ids: numbers(40, 139) })
  const explained = async (input: string) =>
    (await explain({ directory: out, inputs: [input], k: 1 })).explanations[0].logit
  const explainer = await openExplainer(out)
  const byRow = async (row: number) => (await explainer.explainStored('train', row, { k: 1 })).logit
  expect(await explained('train/139')).toBe(await byRow(0))
  expect(await explained('train/39')).toBe(await byRow(39))
  await expect(explained('train/horse')).rejects.toThrow(
    'example not found: train/horse, expected a row, 0 to 39, or an id such as 139',
  )
})

test('a contrast may be of what is predicted against the label, and has the sign of its order', async () => {
  const { out } = await fittedBundle({ classes: ['cat', 'dog', 'cow'] })
  const explainer = await openExplainer(out)
  const features = [1, 2, 0, 1, 0, 1]
  const there = explainer.explain(features, { contrast: ['cat', 'dog'] })
  const back = explainer.explain(features, { contrast: ['dog', 'cat'] })
  expect(back.logit).toBe(-there.logit)
  expect(back.inhibitory.map(({ row, value }) => [row, -value])).toEqual(
    there.excitatory.map(({ row, value }) => [row, value]),
  )
  const { predicted } = there
  const label = (predicted + 1) % 3
  const why = explainer.explain(features, { contrast: ['predicted', 'label'] }, { label })
  expect([why.output, why.contrast]).toEqual([predicted, label])
  expect(() => explainer.explain(features, { contrast: ['predicted', predicted] }, { input: 'x' })).toThrow(
    /^x: contrast of (cat|dog|cow) with itself, expected two outputs$/,
  )
})

const REFUSED: readonly (readonly [number[], ExplainChoices, Query, string])[] = [
  [[1, 2], {}, {}, 'x: expected 6 features, got 2'],
  [[1, 2, 3, 4, 5, Number.NaN], {}, {}, 'x: NaN at 5 of its features, expected finite numbers'],
  [
    [0, 0, 0, 0, 0, 0],
    { output: 'label' },
    {},
    'x: its label is not known, expected another output than label',
  ],
  [[0, 0, 0, 0, 0, 0], { output: 'label' }, { label: 99 }, 'x: label 99, expected 0 to 2'],
  [[0, 0, 0, 0, 0, 0], { output: 3 }, {}, 'output not found: 3, expected one of 0 to 2'],
  [[0, 0, 0, 0, 0, 0], { output: -1 }, {}, 'output not found: -1, expected one of 0 to 2'],
  [
    [0, 0, 0, 0, 0, 0],
    { output: 1, contrast: [0, 1] },
    {},
    'x: output and contrast, expected one of them, leave one out',
  ],
  [[0, 0, 0, 0, 0, 0], { k: 0.5 }, {}, 'k: 0.5, expected a whole number, 0 or more'],
  [[0, 0, 0, 0, 0, 0], {}, { givenLogits: [1, 2] }, 'x: expected 3 given logits, got 2'],
]

test.each(REFUSED)('explain(%j, %j, %j) is refused', async (features, choices, query, message) => {
  const { out } = await fittedBundle()
  const explainer = await openExplainer(out)
  expect(() => explainer.explain(features, choices, { input: 'x', ...query })).toThrow(message)
})

test.each([
  ['F.npy', 'F.npy: which row? expected F.npy#12'],
  ['F.npy#first', 'F.npy#first: which row? expected F.npy#12'],
  ['tset/3', 'tset/3: no such file, expected test/12, train/12, a picture or F.npy#12'],
])('explain %s says what is expected', async (input, message) => {
  const { out } = await fittedBundle()
  await expect(explain({ directory: out, inputs: [input] })).rejects.toThrow(message)
})

test('no more examples are read than there are, for contrasts too', async () => {
  const { out } = await fittedBundle()
  const explainer = await openExplainer(out)
  const { read, excitatory, inhibitory } = explainer.explain([1, 2, 0, 1, 0, 1], {
    contrast: [0, 1],
    k: 1000,
  })
  expect(read).toBeLessThanOrEqual(40)
  expect(excitatory.length + inhibitory.length).toBeLessThanOrEqual(read)
})

test('a picture is refused where the training data were ready inputs, which bytes are not', async () => {
  const fixture = join(import.meta.dirname, '../onnx/fixtures/conv')
  const arrays = await readNpz(bytesOf(await readFile(`${fixture}.npz`), 'conv.npz'))
  const directory = await temporaryDirectory()
  const train = await saveArray(directory, 'train', arrays.get('input') as NdArray)
  const out = join(directory, 'explainer')
  await fit({ model: `${fixture}.onnx`, train, out })
  const picture = join(directory, 'photo.png')
  await sharp(new Uint8Array(64), { raw: { width: 8, height: 8, channels: 1 } })
    .png()
    .toFile(picture)
  await expect(explain({ directory: out, inputs: [picture] })).rejects.toThrow(
    `${picture}: bytes, expected ready inputs as in training (float32), give them as an array with --raw`,
  )
  const { explanations } = await explain({ directory: out, inputs: [`${train}#1`, 'train/1'], raw: true })
  expect(explanations[0].logit).toBeCloseTo(explanations[1].logit, 6)
})

test.each([
  [
    'network.externalFiles',
    (m: Document) => ({ ...m, network: { ...m.network, externalFiles: ['../../secret'] } }),
  ],
  ['network.file', (m: Document) => ({ ...m, network: { ...m.network, file: '/etc/passwd' } })],
  ['files', (m: Document) => ({ ...m, files: { ...m.files, '../x': { bytes: 0, sha256: '' } } })],
])('a manifest whose %s leads out of the explainer is refused', async (place, change) => {
  const fixture = join(import.meta.dirname, '../onnx/fixtures/gemm')
  const directory = await temporaryDirectory()
  const out = join(directory, 'explainer')
  const arrays = await readNpz(bytesOf(await readFile(`${fixture}.npz`), 'gemm.npz'))
  const train = await saveArray(directory, 'train', arrays.get('input') as NdArray)
  await fit({ model: `${fixture}.onnx`, train, out })
  const path = join(out, 'explainer.json')
  await writeFile(path, JSON.stringify(change(JSON.parse(await readFile(path, 'utf8')))))
  await expect(openExplainer(out)).rejects.toThrow(`${path}: ${place}`)
})

interface Document {
  readonly network: object
  readonly files: object
}

test('a file that the manifest no longer lists is missed in a sentence', async () => {
  const { out } = await fittedBundle()
  const path = join(out, 'explainer.json')
  const manifest = JSON.parse(await readFile(path, 'utf8'))
  delete manifest.files['alpha.npy']
  await writeFile(path, JSON.stringify(manifest))
  await expect(openExplainer(out)).rejects.toThrow(
    `${out}: alpha.npy is missing, expected a whole explainer, run fit again`,
  )
})

test('within a memory limit explanations are the same, of stored examples and of features', async () => {
  const bundle = await writeBundle({ n: 6000, d: 120, tests: 10 })
  await fit({ ...bundle })
  const whole = await openExplainer(bundle.out)
  const limited = await openExplainer(bundle.out, { memory: '3.7MiB' })
  for (const split of ['train', 'test'] as const) {
    for (let row = 0; row < 10; row++) {
      for (const choices of [{}, { output: 1, k: 40 }, { contrast: [0, 2] as const }]) {
        expect(await limited.explainStored(split, row, choices)).toEqual(
          await whole.explainStored(split, row, choices),
        )
      }
    }
  }
  await limited.close()
  const features = Array.from({ length: 120 }, (_, a) => (a % 5) - 2)
  expect(limited.explain(features)).toEqual(whole.explain(features))
  const { directory } = whole
  const split = 'train'
  const [mistake] = (await mistakes({ directory, split })).cells
  const choice = { directory, split, cell: [mistake.label, mistake.predicted] } as const
  expect(await suspects({ directory, memory: '3.7MiB' })).toEqual(await suspects({ directory }))
  expect(await mistakes({ ...choice, memory: '3.7MiB' })).toEqual(await mistakes(choice))
  await expect(suspects({ directory, memory: 1000 })).rejects.toThrow('memory: 1000 bytes, expected at least')
  await expect(openExplainer(bundle.out, { memory: 1000 })).rejects.toThrow(
    /^memory: 1000 bytes, expected at least \d+, which the index and what belongs to it take$/,
  )
  await expect(openExplainer(bundle.out, { memory: 'little' })).rejects.toThrow(
    'memory: little, expected a size',
  )
})
