import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeEach, expect, test } from 'vitest'
import { openExplainer } from '../../src/app/explainer/open.ts'
import { fit } from '../../src/app/fit/fit.ts'
import { randomNormal } from '../../src/math/random.ts'
import { saveArray, temporaryDirectory } from './bundle.ts'

const [N, D, C] = [60, 3, 4]
const model = join(import.meta.dirname, '../onnx/fixtures/layers/mlp.onnx')

let directory: string
let options: { model: string; layer: string; train: string; out: string }

beforeEach(async () => {
  directory = await temporaryDirectory()
  const data = Float32Array.from({ length: N * D }, randomNormal(1))
  const train = await saveArray(directory, 'train', { dtype: 'float32', shape: [N, D], data })
  options = { model, layer: '/relu/Gemm', train, out: join(directory, 'explainer') }
})

const saveClasses = (count: number) =>
  saveArray(directory, 'classes', {
    dtype: 'int64',
    shape: [N],
    data: BigInt64Array.from({ length: N }, (_, i) => BigInt(i % count)),
  })

async function saveNames(names: readonly string[]): Promise<string> {
  const file = join(directory, 'names.txt')
  await writeFile(file, names.join('\n'))
  return file
}

test('units are explained by examples with classes of their own, as many as there are', async () => {
  const classes = await saveNames(['a', 'b', 'c', 'd', 'e', 'f'])
  const answer = await fit({ ...options, labels: await saveClasses(6), classes })
  expect(answer).toMatchObject({ task: 'units', c: C, activation: 'relu', status: 'converged', warnings: [] })
  const explanation = await (await openExplainer(options.out)).explainStored('train', 7, { output: 2 })
  expect(explanation).toMatchObject({ label: 1, output: 2 })
  expect(explanation.byClass.map(({ name }) => name)).toEqual(['a', 'b', 'c', 'd', 'e', 'f'])
})

test('a label beyond the names of the classes is refused', async () => {
  const labels = await saveClasses(6)
  const classes = await saveNames(['a', 'b', 'c'])
  await expect(fit({ ...options, labels, classes })).rejects.toThrow(
    `${labels}: label 3 at row 3, expected 0 to 2, one of the class names`,
  )
})

test('labels that are numbers are left out, and that is said', async () => {
  const data = Float32Array.from({ length: N }, randomNormal(2))
  const labels = await saveArray(directory, 'numbers', { dtype: 'float32', shape: [N], data })
  const { warnings } = await fit({ ...options, labels })
  expect(warnings).toEqual([
    'the labels are numbers, which units of a hidden layer have none of: they are left out',
  ])
  const explainer = await openExplainer(options.out)
  expect(explainer.hasLabelValues).toBe(false)
  expect(explainer.explain([1, 1, 1]).byClass).toHaveLength(C)
})
