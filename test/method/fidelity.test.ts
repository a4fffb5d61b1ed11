import { describe, expect, test } from 'vitest'
import { zeros } from '../../src/math/matrix.ts'
import { memoryRows } from '../../src/math/rows.ts'
import { accuracy, compareWithGiven } from '../../src/method/fit/fidelity.ts'
import { kernelOf } from '../../src/method/head/kernel.ts'
import { cpuRuntime } from '../../src/runtime/onnxruntime.node.ts'
import { arrayFixture, arrayFixtures } from './fixtures.ts'
import { map, normalMatrix, normalTheta, preActivation } from './problems.ts'

const runtime = cpuRuntime()

describe('fidelity is what NumPy computes', () => {
  test.each(arrayFixtures('fidelity'))('$name', async ({ name, activation }) => {
    const arrays = await arrayFixture(`fidelity/${name}`)
    const head = {
      features: memoryRows(arrays.matrix<Float32Array>('features')),
      theta: arrays.matrix<Float64Array>('theta'),
      residual: zeros(arrays.matrix('theta').rows, arrays.matrix('theta').cols),
      kernel: kernelOf('regularised', arrays.matrix('features').cols),
      activation,
      task: 'classification' as const,
    }
    const { fidelity, predictions } = await compareWithGiven(
      runtime,
      head,
      memoryRows(arrays.matrix<Float32Array>('given')),
    )
    expect(fidelity?.pearson).toBeCloseTo(arrays.number('pearson'), 13)
    expect(fidelity?.meanAbsoluteDifference).toBeCloseTo(arrays.number('mean_absolute_difference'), 13)
    expect(fidelity?.argmaxAgreement).toBe(arrays.number('argmax_agreement'))
    expect(predictions).toEqual(arrays.integers('predictions'))

    const alone = await compareWithGiven(runtime, head, null)
    expect(alone).toEqual({ fidelity: null, predictions })
  })
})

test('values that add up to the given logits have perfect fidelity, over more than one block of rows', async () => {
  const features = normalMatrix(9000, 2, 1)
  const theta = normalTheta(2, 3, 2)
  const logits = preActivation(features, theta, 'none')
  const given = memoryRows({ ...logits, data: Float32Array.from(logits.data) })
  const head = {
    features: memoryRows(features),
    theta: map(theta, x => 1.5 * x),
    residual: map(theta, x => 0.5 * x),
    kernel: kernelOf('none', 2),
    task: 'classification' as const,
    activation: 'softmax' as const,
  }
  const { fidelity } = await compareWithGiven(runtime, head, given)
  expect(fidelity?.argmaxAgreement).toBe(1)
  expect(fidelity?.meanAbsoluteDifference).toBeLessThan(1e-7)
  expect(fidelity?.pearson).toBeCloseTo(1, 12)
})

test('accuracy is the share of predictions that are the label', () => {
  expect(accuracy([1, 0, 2, 2], [1, 1, 2, 0])).toBe(0.5)
  expect(accuracy([1], [1])).toBe(1)
})
