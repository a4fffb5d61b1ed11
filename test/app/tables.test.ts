import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { explain } from '../../src/app/explain/explain.ts'
import { openExplainer } from '../../src/app/explainer/open.ts'
import { fit } from '../../src/app/fit/fit.ts'
import { bytesOf } from '../../src/formats/bytes.ts'
import { readNpz } from '../../src/formats/npz.ts'
import { temporaryDirectory } from './bundle.ts'

const fixture = (name: string) => join(import.meta.dirname, '../data/fixtures', name)
const onnx = (name: string) => join(import.meta.dirname, '../onnx/fixtures', name)

const explained = async (directory: string, input: string) =>
  (await explain({ directory, inputs: [input] })).explanations[0]

test('one problem is fitted alike in every form in which it is brought', async () => {
  const directory = await temporaryDirectory()
  const bundle = fixture('bundle.npz')
  const forms = {
    npz: { features: bundle },
    safetensors: { features: fixture('bundle.safetensors'), headWeight: fixture('model.safetensors') },
    lists: { features: fixture('lists.parquet'), headWeight: fixture('model.safetensors') },
    split: {
      features: fixture('bundle.safetensors'),
      labels: fixture('lists.parquet'),
      logits: fixture('lists.parquet'),
      headWeight: bundle,
      headBias: fixture('model.safetensors'),
    },
  }
  const answers: unknown[] = []
  for (const [name, form] of Object.entries(forms)) {
    const out = join(directory, name)
    const { seconds: _, out: __, ...answer } = await fit({ ...form, out, activation: 'softmax' })
    const { excitatory } = await explained(out, 'train/3')
    answers.push({ ...answer, excitatory: excitatory.map(({ row, value }) => [row, value]) })
  }
  for (const answer of answers.slice(1)) expect(answer).toEqual(answers[0])
})

test('a table of features with names of classes is fitted, and rows of others are explained by its columns', async () => {
  const directory = await temporaryDirectory()
  const out = join(directory, 'explainer')
  const answer = await fit({ features: fixture('table.csv'), testFeatures: fixture('unlabelled.csv'), out })
  expect(answer).toMatchObject({ n: 30, d: 4, c: 3, targets: 'labels' })
  const explainer = await openExplainer(out, { verify: true })
  expect(explainer.manifest.classes).toEqual(['ant', 'cat', 'dog'])
  expect(explainer.examples.ids.at(7)).toBe('row 7')
  expect((await explainer.examplesOf('test')).ids.at(7)).toBe('row 7')
  const stored = await explained(out, 'train/row 7')
  for (const name of [
    'table.csv',
    'unlabelled.csv',
    'table.parquet',
    'lists.parquet',
    'bundle.safetensors',
  ]) {
    const later = await explained(out, `${fixture(name)}#7`)
    expect({ ...later, input: stored.input, label: stored.label }).toEqual(stored)
  }
  await expect(explained(out, fixture('table.csv'))).rejects.toThrow(
    `${fixture('table.csv')}: which row? expected ${fixture('table.csv')}#12`,
  )
})

/** The inputs of a network of six numbers as a table, whose columns may stand in another order. */
async function writeTable(path: string, order = [0, 1, 2, 3, 4, 5]): Promise<string> {
  const content = await readFile(onnx('gemm.npz'))
  const inputs = (await readNpz(bytesOf(content, 'gemm.npz'))).get('input')
  const rows = Array.from({ length: 3 }, (_, i) => inputs?.data.subarray(6 * i, 6 * i + 6) ?? [])
  const header = ['name', ...order.map(k => `x${k}`), 'kind']
  const lines = rows.map((row, i) => [`n${i}`, ...order.map(k => row[k]), `k${i % 2}`].join(','))
  await writeFile(path, [header.join(','), ...lines].join('\r\n'))
  return path
}

test('a network takes the columns of a table as its inputs, by their names', async () => {
  const directory = await temporaryDirectory()
  const model = onnx('gemm.onnx')
  const train = await writeTable(join(directory, 'train.csv'))
  const test = await writeTable(join(directory, 'test.csv'), [5, 3, 1, 0, 2, 4])
  const classes = join(directory, 'classes.txt')
  const c = (await fit({ model, train: onnx('gemm.npz'), out: join(directory, 'arrays') })).c
  await writeFile(classes, Array.from({ length: c }, (_, j) => `k${c - 1 - j}`).join('\n'))
  const out = join(directory, 'explainer')
  const options = { model, train, test, classes, out, labelColumn: 'kind', idColumn: 'name' }
  expect(await fit(options)).toMatchObject({ n: 3, c })

  const explainer = await openExplainer(out)
  expect([...explainer.examples.ids]).toEqual(['n0', 'n1', 'n2'])
  expect(Array.from(explainer.examples.labels ?? [])).toEqual([c - 1, c - 2, c - 1])
  expect(explainer.manifest.sources.train).toMatchObject({ kind: 'table', label: 'kind', id: 'name' })
  const [stored, ofTest, later, ofArrays] = await Promise.all([
    explained(out, 'train/n1'),
    explained(out, 'test/n1'),
    explained(out, `${test}#1`),
    explained(join(directory, 'arrays'), 'train/1'),
  ])
  expect(ofTest.logit).toBe(stored.logit)
  expect(later.logit).toBeCloseTo(stored.logit, 5)
  expect(ofArrays.givenLogit).toBeCloseTo(stored.givenLogit ?? Number.NaN, 5)

  await writeFile(join(directory, 'other.csv'), 'x0,x1,x2,x3,x4\n1,2,3,4,5')
  await expect(fit({ ...options, test: join(directory, 'other.csv'), force: true })).rejects.toThrow(
    "other.csv: no column x5, expected the training table's: x0, x1, x2, x3, x4, x5",
  )
})

test('more class names than outputs are refused, and names of classes that are none of the outputs', async () => {
  const directory = await temporaryDirectory()
  const features = fixture('table.csv')
  const logits = fixture('lists.parquet')
  const classes = join(directory, 'classes.txt')
  await writeFile(classes, 'ant\ncat\ncow')
  await expect(fit({ features, logits, classes, out: join(directory, 'x') })).rejects.toThrow(
    `${features}: class not found: dog, expected one of ant, cat, cow, or name the outputs in their order`,
  )
  await writeFile(classes, 'dog\ncat\nant')
  await fit({ features, logits, classes, out: join(directory, 'x') })
  const { manifest } = await openExplainer(join(directory, 'x'))
  expect(manifest.classes).toEqual(['dog', 'cat', 'ant'])
})
