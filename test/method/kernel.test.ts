import { describe, expect, test } from 'vitest'
import { dot, type Matrix, rowOf } from '../../src/math/matrix.ts'
import { MemoryLookup } from '../../src/math/row-lookup.ts'
import { allRows, memoryRows } from '../../src/math/rows.ts'
import { HeadExplainer } from '../../src/method/explain/explain.ts'
import { explainFit } from '../../src/method/fit/explained-fit.ts'
import { fitHead } from '../../src/method/fit/fit.ts'
import type { KernelChoice } from '../../src/method/head/kernel.ts'
import type { Problem } from '../../src/method/head/problem.ts'
import { labelTargets, teacherTargets } from '../../src/method/head/targets.ts'
import type { Activation } from '../../src/onnx/activation.ts'
import { cpuRuntime } from '../../src/runtime/onnxruntime.node.ts'
import { ACTIVATIONS, anyLabels, normalMatrix, queried } from './problems.ts'

const runtime = cpuRuntime()
const [N, D, C] = [300, 4, 3]

/** Features with a mean, which the two kernels treat differently. */
const features = ((): Matrix<Float32Array> => {
  const normal = normalMatrix(N, D, 1)
  return { ...normal, data: normal.data.map((x, k) => x + (k % D)) }
})()
const labels = anyLabels(N, C, 4)

function problemOf(activation: Activation, lambda = 0.01): Problem {
  const targets =
    activation === 'softmax'
      ? labelTargets(labels, C)
      : memoryRows(teacherTargets(normalMatrix(N, C, 2), activation))
  return { features: memoryRows(features), targets, activation, lambda, bias: 'free' }
}

async function explained(activation: Activation, kernel: KernelChoice, gap = 1e-5) {
  const grouping = { kernel, classes: labels, classCount: C, task: 'classification' } as const
  const fit = await explainFit(runtime, problemOf(activation), grouping, { gap })
  return { ...fit, alpha: await allRows(fit.alpha) }
}

describe.each(ACTIVATIONS)('a free bias under %s', activation => {
  test('leaves α that sum to 0 for every output', async () => {
    const { alpha, status } = await explained(activation, 'plain')
    expect(status).toBe('converged')
    for (let j = 0; j < C; j++) {
      let [sum, size] = [0, 0]
      for (let i = 0; i < N; i++) {
        sum += alpha.data[i * C + j]
        size += Math.abs(alpha.data[i * C + j])
      }
      expect(Math.abs(sum)).toBeLessThan(1e-5 + 2 ** -23 * size)
    }
  })

  test.each(['plain', 'centred'] as const)(
    'has values of the %s kernel that add up, with its own term, to the logit',
    async choice => {
      const fit = await explained(activation, choice)
      const explainer = new HeadExplainer({
        ...fit,
        features: new MemoryLookup(features),
        alpha: new MemoryLookup(fit.alpha),
        classes: labels,
        classCount: C,
        packed: 2 ** 20,
      })
      const queries = normalMatrix(10, D, 9)
      for (let t = 0; t < queries.rows; t++) {
        const query = rowOf(queries, t)
        const q = queried(queries, t, fit.kernel)
        const logits = explainer.logits(query)
        for (let j = 0; j < C; j++) {
          const { logit, bias, completenessGap, byClass } = explainer.explain(query, { output: j }, 3)
          const theta = (a: number) => fit.theta.data[a * C + j]
          expect(logit).toBeCloseTo(dot(query, [0, 1, 2, 3].map(theta)) + theta(D), 12)
          expect(logits[j]).toBeCloseTo(logit, 12)
          let sum = 0
          for (let i = 0; i < N; i++)
            sum += fit.alpha.data[i * C + j] * dot(queried(features, i, fit.kernel), q)
          expect(Math.abs(Math.abs(sum + bias - logit) - completenessGap)).toBeLessThan(1e-11)
          expect(completenessGap).toBeLessThan(1e-4)
          const ofClasses = byClass.reduce((total, { value }) => total + value, 0)
          expect(ofClasses).toBeCloseTo(sum, 10)
        }
      }
    },
  )
})

test('a centred kernel is about the mean of the training features, and its own term the output there', async () => {
  const fit = await explained('softmax', 'centred')
  const mean = Array.from({ length: D }, (_, a) => {
    let sum = 0
    for (let i = 0; i < N; i++) sum += features.data[i * D + a]
    return sum / N
  })
  fit.kernel.mean?.forEach((m, a) => {
    expect(m).toBeCloseTo(mean[a], 12)
  })
  const explainer = new HeadExplainer({
    ...fit,
    features: new MemoryLookup(features),
    alpha: new MemoryLookup(fit.alpha),
    classes: labels,
    classCount: C,
    packed: 2 ** 20,
  })
  const { bias, logit, excitatory } = explainer.explain(fit.kernel.mean ?? [], { output: 1 }, 5)
  expect(logit).toBeCloseTo(bias, 12)
  expect(excitatory).toEqual([])
})

test('a free bias of softmax sums to 0 over the outputs', async () => {
  const { theta } = await fitHead(runtime, problemOf('softmax'), { gap: 1e-3 })
  expect(rowOf(theta, D).reduce((sum, b) => sum + b, 0)).toBeCloseTo(0, 12)
})

describe('a free bias that nothing holds is refused', () => {
  const none = Int32Array.from(labels, y => (y === 2 ? 1 : y))
  const zeros = (): Matrix<Float32Array> => ({ rows: N, cols: C, data: new Float32Array(N * C) })
  test.each<[Activation, Problem['targets'], string]>([
    ['softmax', labelTargets(none, C), 'the targets of output 2 are 0 for every training example'],
    ['sigmoid', memoryRows(zeros()), 'the targets of output 0 are 0 for every training example'],
    ['sigmoid', memoryRows({ ...zeros(), data: zeros().data.fill(1) }), 'the targets of output 0 are 1 for'],
    ['tanh', memoryRows({ ...zeros(), data: zeros().data.fill(-1) }), 'the targets of output 0 are -1 for'],
    ['softplus', memoryRows(zeros()), 'the targets of output 0 are 0 for'],
  ])('under %s', async (activation, targets, message) => {
    await expect(fitHead(runtime, { ...problemOf(activation), targets })).rejects.toThrow(
      `bias free: ${message}`,
    )
    await expect(
      fitHead(runtime, { ...problemOf(activation), targets, bias: 'regularised' }),
    ).resolves.toMatchObject({ status: 'converged' })
  })

  test('but not where bounds are reached, or targets stand at both', async () => {
    await expect(
      fitHead(runtime, { ...problemOf('relu'), targets: memoryRows(zeros()) }),
    ).resolves.toMatchObject({ status: 'converged' })
    const both = { ...zeros(), data: zeros().data.map((_, k) => Number(k % 2)) }
    await expect(
      fitHead(runtime, { ...problemOf('sigmoid'), targets: memoryRows(both) }),
    ).resolves.toMatchObject({ status: 'converged' })
  })
})
