import { describe, expect, test } from 'vitest'
import { dot, type Matrix, rowOf, subtract } from '../../src/math/matrix.ts'
import { allRows, memoryRows } from '../../src/math/rows.ts'
import { classWeights, residualOf } from '../../src/method/fit/alpha.ts'
import { explainFit } from '../../src/method/fit/explained-fit.ts'
import { Objective } from '../../src/method/fit/objective.ts'
import type { Bias } from '../../src/method/head/head-graph.ts'
import type { Kernel } from '../../src/method/head/kernel.ts'
import { lossOf } from '../../src/method/head/loss.ts'
import type { Problem } from '../../src/method/head/problem.ts'
import { labelTargets, teacherTargets } from '../../src/method/head/targets.ts'
import type { Activation } from '../../src/onnx/activation.ts'
import { cpuRuntime } from '../../src/runtime/onnxruntime.node.ts'
import {
  ACTIVATIONS,
  anyLabels,
  computeAlpha,
  extended,
  kernelProduct,
  map,
  normalMatrix,
  normalTheta,
  preActivation,
  queried,
  transposedProduct,
} from './problems.ts'

const runtime = cpuRuntime()
const N = 300
const C = 3
const settings = ACTIVATIONS.flatMap(activation =>
  (['regularised', 'free', 'none'] as const).map(bias => ({ activation, bias })),
)
const labels = anyLabels(N, C, 4)

interface Known {
  readonly problem: Problem
  readonly features: Matrix<Float32Array>
  /** Not the optimum. */
  readonly theta: Matrix<Float64Array>
}

function problemOf(activation: Activation, bias: Bias, lambda = 0.01): Known {
  const features = normalMatrix(N, 4, 1)
  const targets =
    activation === 'softmax'
      ? labelTargets(labels, C)
      : memoryRows(teacherTargets(normalMatrix(N, C, 2), activation))
  const theta = map(normalTheta(bias === 'none' ? 4 : 5, C, 3), x => 0.4 * x)
  return { problem: { features: memoryRows(features), targets, activation, lambda, bias }, features, theta }
}

async function gradientAt(problem: Problem, theta: Matrix<Float64Array>): Promise<Float64Array> {
  const objective = await Objective.create(runtime, problem, 'float64')
  const { gradient } = await objective.evaluate(theta.data)
  await objective.release()
  return gradient
}

/** What storing α in single precision may change of F̃ᵀα: half a unit in its last place of every term. */
function roundingOfSum(features: Matrix, alpha: Matrix, bias: Bias): Float64Array {
  return transposedProduct(map(features, Math.abs), map(alpha, Math.abs), bias).data.map(
    size => 2 ** -23 * size,
  )
}

describe.each(settings)('with $activation and bias $bias', ({ activation, bias }) => {
  test('Θ − F̃ᵀα = G / 2λ wherever Θ is, and −Σα for a free bias: the gradient is the certificate', async () => {
    const { problem, features, theta } = problemOf(activation, bias)
    for (const lambda of [0.01, 1e-4]) {
      const alpha = await computeAlpha(runtime, { ...problem, lambda }, theta)
      const gradient = await gradientAt({ ...problem, lambda }, theta)
      const sums = transposedProduct(features, alpha, bias)
      const regularised = bias === 'free' ? 4 * C : theta.data.length
      const left = subtract(
        { ...theta, data: theta.data.map((x, i) => (i < regularised ? x : 0)) },
        sums,
      ).data
      const rounding = roundingOfSum(features, alpha, bias)
      left.forEach((r, i) => {
        expect(Math.abs(r - gradient[i] / (2 * lambda))).toBeLessThan(rounding[i])
      })
      expect(Math.max(...left.map(Math.abs))).toBeGreaterThan(1e3 * Math.max(...rounding))
    }
  })

  test('α = −(σ(F̃Θ) − T) / 2λn, rounded once', async () => {
    const { problem, features, theta } = problemOf(activation, bias)
    const alpha = await computeAlpha(runtime, problem, theta)
    const sigma = preActivation(features, theta, bias)
    for (let i = 0; i < N; i++) lossOf(activation).activate(rowOf(sigma, i))
    const targets = await problem.targets.fetch(Array.from({ length: N }, (_, i) => i))
    alpha.data.forEach((a, i) => {
      const expected = -(sigma.data[i] - targets.data[i]) / (2 * problem.lambda * N)
      expect(Math.abs(a - expected)).toBeLessThanOrEqual(1.00001 * 2 ** -24 * Math.abs(expected) + 1e-16)
    })
  })

  test('after the fit, values add up to the logit within the query’s own gap, and that within the gap asked for', async () => {
    const { problem, features } = problemOf(activation, bias)
    for (const gap of [1e-2, 1e-5]) {
      const grouping = { kernel: 'plain', classes: labels, classCount: C, task: 'classification' } as const
      const explained = await explainFit(runtime, problem, grouping, { gap })
      const { theta, residual, completenessGap, byClass } = explained
      const alpha = await allRows(explained.alpha)
      expect(explained.status).toBe('converged')
      const { kernel } = explained
      const rounding = roundingOfSum(features, alpha, bias)
      const queries = normalMatrix(20, 4, 9)
      for (let t = 0; t < queries.rows; t++) {
        const query = extended(queries, t, bias)
        const q = queried(queries, t, kernel)
        for (let j = 0; j < C; j++) {
          let sum = 0
          for (let i = 0; i < N; i++) sum += alpha.data[i * C + j] * dot(queried(features, i, kernel), q)
          const column = (m: Matrix) => Float64Array.from({ length: m.rows }, (_, p) => m.data[p * C + j])
          const own = bias === 'free' ? theta.data[4 * C + j] : 0
          const missed = Math.abs(sum + own - dot(query, column(theta)))
          expect(Math.abs(missed - Math.abs(dot(q, column(residual))))).toBeLessThan(1e-12)
        }
      }
      const overTraining = preActivation(features, residual, bias === 'free' ? 'none' : bias).data
      expect(completenessGap).toBeCloseTo(Math.max(...overTraining.map(Math.abs)), 13)
      expect(completenessGap).toBeLessThan(gap + Math.max(...rounding) * 20)
      expect(byClass?.rows).toBe(C)
    }
  })
})

test('rows of α sum to 0 under softmax, to the rounding of single precision', async () => {
  const { problem, theta } = problemOf('softmax', 'regularised')
  const soft = { ...problem, targets: memoryRows(teacherTargets(normalMatrix(N, C, 5), 'softmax')) }
  for (const given of [problem, soft]) {
    const alpha = await computeAlpha(runtime, given, theta)
    for (let i = 0; i < N; i++) {
      const row = rowOf(alpha, i)
      const size = Math.max(...row.map(Math.abs))
      expect(Math.abs(dot(row, [1, 1, 1]))).toBeLessThanOrEqual(C * 2 ** -24 * size)
    }
  }
})

test('α of a confident example does not vanish: −(p − T) / 2λn at a margin of 40', async () => {
  const features = { rows: 1, cols: 1, data: Float32Array.of(40) }
  const problem: Problem = {
    features: memoryRows(features),
    targets: labelTargets(Int32Array.of(0), 2),
    activation: 'softmax',
    lambda: 0.5,
    bias: 'none',
  }
  const alpha = await computeAlpha(runtime, problem, { rows: 1, cols: 2, data: Float64Array.of(1, 0) })
  // 1 / (1 + e⁴⁰) to the last digit.
  expect(alpha.data).toEqual(Float32Array.of(4.248354255291589e-18, -4.248354255291589e-18))
})

const KERNELS: readonly [string, Kernel][] = [
  ['a constant feature', { d: 3, constant: true, mean: null }],
  ['features as they are', { d: 3, constant: false, mean: null }],
  ['centred features', { d: 3, constant: false, mean: Float64Array.of(0.5, -1, 2) }],
]

describe.each(KERNELS)('sums by class over %s', (_, kernel) => {
  test('are direct sums over the examples of the class', async () => {
    const classCount = 4
    // No example of class 3, and more of one class than go into one block.
    const n = 9000
    const features = normalMatrix(n, 3, 6)
    const alpha = normalMatrix(n, C, 7)
    const classes = Int32Array.from({ length: n }, (_, i) => (i % 100 === 0 ? 1 : i % 101 === 0 ? 2 : 0))
    const given = { features: memoryRows(features), alpha: memoryRows(alpha), kernel }
    const sums = await classWeights(runtime, given, classes, classCount)
    expect([sums.rows, sums.cols]).toEqual([classCount, (kernel.constant ? 4 : 3) * C])
    for (let y = 0; y < classCount; y++) {
      const ofClass = alpha.data.map((a, i) => (classes[Math.floor(i / C)] === y ? a : 0))
      const expected = kernelProduct(features, { ...alpha, data: ofClass }, kernel).data
      rowOf(sums, y).forEach((sum, i) => {
        expect(Math.abs(sum - expected[i])).toBeLessThan(1e-10)
      })
    }
  })

  test('add up with R to Θ', async () => {
    const features = normalMatrix(N, 3, 1)
    const theta = normalTheta(kernel.constant ? 4 : 3, C, 3)
    const alpha = normalMatrix(N, C, 8)
    const given = { features: memoryRows(features), alpha: memoryRows(alpha), kernel }
    const sums = await classWeights(runtime, given, labels, C)
    const residual = residualOf(theta, sums, kernel)
    const expected = subtract(theta, kernelProduct(features, alpha, kernel)).data
    residual.data.forEach((r, i) => {
      expect(Math.abs(r - expected[i])).toBeLessThan(1e-11)
    })
  })
})
