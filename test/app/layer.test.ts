import { join } from 'node:path'
import { beforeEach, expect, test } from 'vitest'
import { explain } from '../../src/app/explain/explain.ts'
import { fit } from '../../src/app/fit/fit.ts'
import type { FitOptions } from '../../src/app/fit/options.ts'
import { mistakes } from '../../src/app/mistakes.ts'
import { suspects } from '../../src/app/suspects/suspects.ts'
import { readFileBytes } from '../../src/formats/files.node.ts'
import { readNpy } from '../../src/formats/npy.ts'
import { randomNormal } from '../../src/math/random.ts'
import { saveArray, temporaryDirectory } from './bundle.ts'

const [N, TESTS, INPUTS] = [300, 20, 3]
const model = join(import.meta.dirname, '../onnx/fixtures/layers/mlp.onnx')

let options: FitOptions & { out: string }

beforeEach(async () => {
  const directory = await temporaryDirectory()
  const normal = randomNormal(1)
  const inputs = (name: string, rows: number) =>
    saveArray(directory, name, {
      dtype: 'float32',
      shape: [rows, INPUTS],
      data: Float32Array.from({ length: rows * INPUTS }, normal),
    })
  options = {
    out: join(directory, 'explainer'),
    model,
    train: await inputs('train', N),
    test: await inputs('test', TESTS),
    labels: await saveArray(directory, 'y', {
      dtype: 'uint8',
      shape: [N],
      data: Uint8Array.from({ length: N }, (_, i) => i % 5),
    }),
  }
})

const load = async (...path: string[]): Promise<{ data: number[]; shape: readonly number[] }> => {
  const { data, shape } = await readNpy(await readFileBytes(join(...path)))
  return { data: Array.from(data, Number), shape }
}

test.each([
  ['/relu/Gemm', 'relu'],
  ['/leaky_relu/Gemm', 'leaky-relu:0.3'],
  ['/elu/Gemm', 'elu:0.7'],
  ['/softplus/Gemm', 'softplus'],
  ['/sigmoid/Gemm', 'sigmoid'],
  ['/tanh/Gemm', 'tanh'],
  ['/hardsigmoid/Gemm', 'hard-sigmoid:0.16666667,0.5'],
  ['/relu6/Gemm', 'clip:0,6'],
  ['/gelu/Gemm', 'identity'],
])(
  'units of %s are explained by %s: their values add up to the pre-activation',
  async (layer, activation) => {
    const answer = await fit({ ...options, layer, lambda: 1e-4 })
    const { d, c } = answer
    expect(answer).toMatchObject({
      n: N,
      task: 'units',
      activation,
      targets: 'teacher',
      status: 'converged',
      labelsFit: null,
      warnings: [],
    })
    if (activation !== 'sigmoid') expect(answer.relativeGap).toBeLessThan(1e-3)
    expect(answer.accuracy).toEqual({ train: null, test: null, fittedTrain: null, fittedTest: null })
    expect(answer.fidelity.test?.pearson).toBeGreaterThan(0.98)

    const output = c - 1
    const { explanations, task, outputs } = await explain({
      directory: options.out,
      inputs: ['test/3'],
      output,
      k: 4,
    })
    expect([task, outputs]).toEqual(['units', null])
    const [{ logit, givenLogit, completenessGap, byClass, excitatory }] = explanations
    const features = (await load(options.out, 'train/features.npy')).data
    const alpha = (await load(options.out, 'alpha.npy')).data
    const query = (await load(options.out, 'test/features.npy')).data.slice(3 * d, 4 * d)
    expect(givenLogit).toBe((await load(options.out, 'test/logits.npy')).data[3 * c + output])
    const values = Array.from({ length: N }, (_, i) => {
      let similarity = 1
      for (let a = 0; a < d; a++) similarity += features[i * d + a] * query[a]
      return alpha[i * c + output] * similarity
    })
    const sum = values.reduce((total, value) => total + value, 0)
    expect(Math.abs(Math.abs(sum - logit) - completenessGap)).toBeLessThan(1e-9)
    const largest = values.filter(value => value > 0).sort((a, b) => b - a)
    expect(excitatory.map(({ value }) => value)).toEqual(largest.slice(0, 4).map(x => expect.closeTo(x, 9)))
    // Labels are classes of the examples, and sums are taken over them all the same.
    expect(byClass).toHaveLength(5)
    for (const part of byClass) {
      const ofClass = values.filter((_, i) => i % 5 === part.class)
      expect(part.value).toBeCloseTo(
        ofClass.reduce((total, value) => total + value, 0),
        8,
      )
    }
  },
)

test('what only classes have is refused of units', async () => {
  await fit({ ...options, layer: '/relu/Gemm' })
  const directory = options.out
  await expect(suspects({ directory })).rejects.toThrow(
    'no fit with labels in it, a hidden layer has none, run fit without --layer to rank suspects',
  )
  await expect(mistakes({ directory, split: 'train' })).rejects.toThrow(
    'its outputs are units of a hidden layer, expected one class an example to count mistakes',
  )
  await expect(explain({ directory, inputs: ['train/0'], output: 'label' })).rejects.toThrow(
    'train/0: no output stands for a label here, expected one by name or index',
  )
})

test('the head may be named too, and is explained as it is without a name', async () => {
  const { labels: _, ...unlabelled } = options
  const named = await fit({ ...unlabelled, layer: '/head/Gemm' })
  expect(named).toMatchObject({ c: 2, task: 'classification', activation: 'softmax' })
  const alpha = await load(options.out, 'alpha.npy')
  await fit({ ...unlabelled, force: true })
  expect(await load(options.out, 'alpha.npy')).toEqual(alpha)
})

test('another activation than the model’s is taken as asked, with a warning', async () => {
  const { warnings } = await fit({ ...options, layer: '/relu/Gemm', activation: 'tanh' })
  expect(warnings).toEqual([
    'the model applies relu behind this layer, which is explained as if it were tanh',
  ])
})

test.each([
  [{ layer: 'nowhere' }, 'layer not found: nowhere, expected one of /relu/Gemm, '],
  [{ layer: '/relu/Gemm', targets: 'labels' }, 'targets labels: a hidden layer has none'],
] as const)('what cannot be explained is refused: %o', async (choices, message) => {
  await expect(fit({ ...options, ...choices })).rejects.toThrow(message)
})
