import { describe, expect, test } from 'vitest'
import { type Matrix, norm, subtract } from '../../src/math/matrix.ts'
import { memoryRows } from '../../src/math/rows.ts'
import { type FitHeadProgress, fitHead } from '../../src/method/fit/fit.ts'
import { Objective } from '../../src/method/fit/objective.ts'
import { type Bias, shapeRows } from '../../src/method/head/head-graph.ts'
import { headShape, type Problem } from '../../src/method/head/problem.ts'
import { labelTargets } from '../../src/method/head/targets.ts'
import { cpuRuntime } from '../../src/runtime/onnxruntime.node.ts'
import { arrayFixture, arrayFixtures } from './fixtures.ts'
import { anyLabels, normalMatrix, preActivation } from './problems.ts'

const runtime = cpuRuntime()

interface Stored {
  readonly problem: Problem
  readonly features: Matrix<Float32Array>
  readonly theta: Matrix<Float64Array>
}

async function fixture({ name, activation }: ReturnType<typeof arrayFixtures>[number]): Promise<Stored> {
  const arrays = await arrayFixture(`fits/${name}`)
  const features = arrays.matrix<Float32Array>('features')
  const theta = arrays.matrix<Float64Array>('theta')
  const bias: Bias = theta.rows === features.cols ? 'none' : name.endsWith('-free') ? 'free' : 'regularised'
  const targets = memoryRows(arrays.matrix<Float32Array>('targets'))
  const problem = {
    features: memoryRows(features),
    targets,
    activation,
    lambda: arrays.number('lambda'),
    bias,
  }
  return { problem, features, theta }
}

const fixtures = arrayFixtures('fits')

describe('a fit is the optimum that scikit-learn and SciPy find', () => {
  test.each(fixtures)('$name', async described => {
    const { problem, theta } = await fixture(described)
    const fit = await fitHead(runtime, problem, { gap: 1e-9 })
    expect(fit.status).toBe('converged')
    expect([fit.theta.rows, fit.theta.cols]).toEqual([theta.rows, theta.cols])
    // The oracle's own gradient is below 1e-9 in every entry, so Θ is within ‖G‖ / 2λ of the optimum.
    const oracle = (1e-9 * Math.sqrt(theta.data.length)) / (2 * problem.lambda)
    expect(norm(subtract(fit.theta, theta).data)).toBeLessThan(
      fit.gradientNorm / (2 * problem.lambda) + oracle,
    )
    expect(norm(subtract(fit.theta, theta).data)).toBeLessThan(1e-5)
  })

  test.each(fixtures)('$name, wherever it starts', async described => {
    const { problem, theta } = await fixture(described)
    const start = { ...theta, data: theta.data.map((x, i) => 2 * x + Math.sin(i)) }
    const fit = await fitHead(runtime, problem, { gap: 1e-8, start })
    expect(norm(subtract(fit.theta, theta).data)).toBeLessThan(1e-5)
  })
})

test('labels given as labels or as one-hot rows are one problem', async () => {
  const arrays = await arrayFixture('fits/softmax-labels')
  const { problem } = await fixture({ name: 'softmax-labels', activation: 'softmax' })
  const targets = labelTargets(arrays.integers('labels'), 3)
  const oneHot = await fitHead(runtime, problem)
  expect((await fitHead(runtime, { ...problem, targets })).theta).toEqual(oneHot.theta)
})

/** What values of each kernel miss, for M = G / 2λ; and Σα, where the bias is free (method.md §8). */
function missedBy(features: Matrix, m: Matrix<Float64Array>, bias: Bias): Float64Array[] {
  if (bias !== 'free') return [preActivation(features, m, bias).data]
  const { rows: n, cols: d } = features
  const mean = Array.from({ length: d }, (_, a) => {
    let sum = 0
    for (let i = 0; i < n; i++) sum += features.data[i * d + a]
    return sum / n
  })
  const weight = { rows: d, cols: m.cols, data: m.data.slice(0, d * m.cols) }
  const ofBias = m.data.slice(d * m.cols)
  const centred = { ...features, data: Float64Array.from(features.data, (x, k) => x - mean[k % d]) }
  const turned = {
    ...weight,
    data: weight.data.map((g, k) => g - mean[Math.floor(k / m.cols)] * ofBias[k % m.cols]),
  }
  return [preActivation(features, weight, 'none').data, preActivation(centred, turned, 'none').data, ofBias]
}

describe('a fit stops', () => {
  test.each(fixtures)('where no training logit is missed by more than the gap: $name', async described => {
    const { problem, features } = await fixture(described)
    for (const gap of [1e-2, 1e-4, 1e-7]) {
      const { theta, status, gradientNorm } = await fitHead(runtime, problem, { gap })
      expect(status).toBe('converged')
      const objective = await Objective.create(runtime, problem, 'float64')
      const { gradient } = await objective.evaluate(theta.data)
      await objective.release()
      expect(gradientNorm).toBeCloseTo(norm(gradient), 14)
      const leftOver = { ...theta, data: gradient.map(g => g / (2 * problem.lambda)) }
      for (const missed of missedBy(features, leftOver, problem.bias)) {
        expect(Math.max(...missed.map(Math.abs))).toBeLessThanOrEqual(gap * (1 + 1e-6))
      }
    }
  })

  test('where it starts, if that is the optimum', async () => {
    const { problem, theta } = await fixture({ name: 'softmax-teacher', activation: 'softmax' })
    const fit = await fitHead(runtime, problem, { start: theta, gap: 1e-6 })
    expect(fit.iterations).toBe(0)
    expect(fit.theta.data).toEqual(theta.data)
  })

  test('after so many iterations as it may take, and says so', async () => {
    const { problem } = await fixture({ name: 'softmax-labels-weakly-regularised', activation: 'softmax' })
    for (const maxIterations of [0, 1, 3]) {
      const fit = await fitHead(runtime, problem, { gap: 1e-12, maxIterations })
      expect(fit).toMatchObject({ status: 'max-iterations', iterations: maxIterations })
    }
  })

  test('when it is aborted, with the reason', async () => {
    const { problem } = await fixture({ name: 'softmax-teacher', activation: 'softmax' })
    const controller = new AbortController()
    const onProgress = ({ evaluations }: FitHeadProgress): void => {
      if (evaluations === 3) controller.abort(new Error('enough'))
    }
    await expect(
      fitHead(runtime, problem, { gap: 1e-12, signal: controller.signal, onProgress }),
    ).rejects.toThrow('enough')
  })
})

test('progress counts evaluations and bounds the completeness gap', async () => {
  const { problem } = await fixture({ name: 'softmax-teacher', activation: 'softmax' })
  const seen: FitHeadProgress[] = []
  await fitHead(runtime, problem, { gap: 1e-6, onProgress: progress => seen.push(progress) })
  expect(seen.map(({ evaluations }) => evaluations)).toEqual(seen.map((_, i) => i + 1))
  expect(seen[0].gapBound).toBeGreaterThan(1e-2)
  expect(seen.at(-1)?.gapBound).toBeLessThan(1e-4)
})

test('features that are all zero and no bias have Θ = 0 for their fit', async () => {
  const features = { rows: 20, cols: 3, data: new Float32Array(60) }
  const targets = labelTargets(anyLabels(20, 3, 1), 3)
  const problem: Problem = {
    features: memoryRows(features),
    targets,
    activation: 'softmax',
    lambda: 0.1,
    bias: 'none',
  }
  const { theta, status } = await fitHead(runtime, problem)
  expect(status).toBe('converged')
  expect(theta.data).toEqual(new Float64Array(9))
})

test('a fit with a small λ and features of unlike sizes reaches the gap', async () => {
  const n = 500
  const data = normalMatrix(n, 4, 2).data.map((x, i) => x * 10 ** ((i % 4) - 2))
  const problem: Problem = {
    features: memoryRows({ rows: n, cols: 4, data }),
    targets: labelTargets(anyLabels(n, 4, 3), 4),
    activation: 'softmax',
    lambda: 1e-5,
    bias: 'regularised',
  }
  const { status, theta } = await fitHead(runtime, problem, { gap: 1e-4 })
  expect(status).toBe('converged')
  expect(theta.rows).toBe(shapeRows(headShape(problem)))
})
