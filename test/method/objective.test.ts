import { describe, expect, test } from 'vitest'
import { dot, type Matrix, norm, rowOf } from '../../src/math/matrix.ts'
import { memoryRows } from '../../src/math/rows.ts'
import { Objective } from '../../src/method/fit/objective.ts'
import type { Bias, Precision } from '../../src/method/head/head-graph.ts'
import { lossOf } from '../../src/method/head/loss.ts'
import type { Problem } from '../../src/method/head/problem.ts'
import { teacherTargets } from '../../src/method/head/targets.ts'
import type { Activation } from '../../src/onnx/activation.ts'
import { cpuRuntime } from '../../src/runtime/onnxruntime.node.ts'
import { ACTIVATIONS, map, normalMatrix, normalTheta, preActivation, transposedProduct } from './problems.ts'

const runtime = cpuRuntime()
const settings = ACTIVATIONS.flatMap(activation =>
  (['regularised', 'free', 'none'] as const).map(bias => ({ activation, bias })),
)

interface Known {
  readonly problem: Problem
  readonly features: Matrix<Float32Array>
  readonly targets: Matrix<Float32Array>
  readonly theta: Matrix<Float64Array>
}

function problemOf(activation: Activation, bias: Bias, { n = 60, d = 4, c = 3 } = {}): Known {
  const features = normalMatrix(n, d, 1)
  const targets = teacherTargets(normalMatrix(n, c, 2), activation)
  const theta = map(normalTheta(bias === 'none' ? d : d + 1, c, 3), x => 0.3 * x)
  const problem = {
    features: memoryRows(features),
    targets: memoryRows(targets),
    activation,
    lambda: 0.02,
    bias,
  }
  return { problem, features, targets, theta }
}

async function evaluate(problem: Problem, theta: Float64Array, precision: Precision = 'float64') {
  const objective = await Objective.create(runtime, problem, precision)
  try {
    return await objective.evaluate(theta)
  } finally {
    await objective.release()
  }
}

/** G = 1/n F̃ᵀ(σ(F̃Θ) − T) + 2λΘ by plain loops, without 2λb of a free bias. */
function gradientByLoops({ problem, features, targets, theta }: Known): Float64Array {
  const { activation, bias, lambda } = problem
  const residual = preActivation(features, theta, bias)
  for (let i = 0; i < residual.rows; i++) lossOf(activation).activate(rowOf(residual, i))
  residual.data.forEach((sigma, i) => {
    residual.data[i] = sigma - targets.data[i]
  })
  const sum = transposedProduct(features, residual, bias)
  const regularised = bias === 'free' ? features.cols * targets.cols : theta.data.length
  return sum.data.map((s, i) => s / features.rows + (i < regularised ? 2 * lambda * theta.data[i] : 0))
}

describe.each(settings)('the objective with $activation and bias $bias', ({ activation, bias }) => {
  test('curves as its gradient moves: differences along any direction', async () => {
    const { problem, theta } = problemOf(activation, bias)
    const objective = await Objective.create(runtime, problem, 'float64')
    const v = normalTheta(theta.rows, theta.cols, 9).data
    const h = 1e-6
    const at = async (t: number) =>
      (await objective.evaluate(theta.data.map((x, i) => x + t * v[i]))).gradient
    const [ahead, behind] = [await at(h), await at(-h)]
    const curved = await objective.curve(theta.data, v)
    await objective.release()
    expect(norm(curved.map((x, i) => x - (ahead[i] - behind[i]) / (2 * h)))).toBeLessThan(1e-5 * norm(v))
  })

  test('has the gradient that finite differences give', async () => {
    const { problem, theta } = problemOf(activation, bias)
    const objective = await Objective.create(runtime, problem, 'float64')
    const { gradient } = await objective.evaluate(theta.data)
    const h = 1e-5
    for (let i = 0; i < theta.data.length; i++) {
      const at = async (step: number) =>
        (await objective.evaluate(theta.data.map((x, other) => (other === i ? x + step : x)))).value
      // Targets of softmax are rounded to float32, so their rows sum to 1 to 1e-7 and no better.
      const tolerance = activation === 'softmax' ? 1e-7 : 1e-9
      expect(Math.abs(((await at(h)) - (await at(-h))) / (2 * h) - gradient[i])).toBeLessThan(tolerance)
    }
    await objective.release()
  })

  test('has the gradient 1/n F̃ᵀ(σ(F̃Θ) − T) + 2λΘ', async () => {
    const known = problemOf(activation, bias)
    const { gradient } = await evaluate(known.problem, known.theta.data)
    const expected = gradientByLoops(known)
    const tolerance = activation === 'softmax' ? 1e-7 : 1e-14
    gradient.forEach((g, i) => {
      expect(Math.abs(g - expected[i])).toBeLessThan(tolerance)
    })
  })

  test('is the sum over what moves apart: an output where each is a problem of its own', async () => {
    const { problem, theta } = problemOf(activation, bias)
    const { value, values } = await evaluate(problem, theta.data)
    expect(values.reduce((sum, x) => sum + x, 0)).toBe(value)
    expect(values).toHaveLength(lossOf(activation).isSeparate ? theta.cols : 1)
    for (const j of values.keys()) {
      const moved = theta.data.map((x, i) => (i % values.length === j ? x + 0.1 : x))
      const other = await evaluate(problem, moved)
      expect(other.values.map((x, k) => (k === j ? values[j] : x))).toEqual(values)
      expect(other.values[j]).not.toBe(values[j])
    }
  })

  test('is the same however the rows fall into blocks', async () => {
    // 8192 is the largest block; both sides of its end, and of a second one.
    for (const n of [1, 8191, 8193, 16385]) {
      const known = problemOf(activation, bias, { n })
      const { value, gradient } = await evaluate(known.problem, known.theta.data)
      const reversed = { ...known.features, data: reverseRows(known.features) }
      const targets = { ...known.targets, data: reverseRows(known.targets) }
      const problem = { ...known.problem, features: memoryRows(reversed), targets: memoryRows(targets) }
      const other = await evaluate(problem, known.theta.data)
      expect(other.value).toBeCloseTo(value, 12)
      const expected = gradientByLoops(known)
      gradient.forEach((g, i) => {
        expect(Math.abs(g - other.gradient[i])).toBeLessThan(1e-13)
        expect(Math.abs(g - expected[i])).toBeLessThan(activation === 'softmax' ? 1e-7 : 1e-12)
      })
    }
  })

  test('is nearly the same in single precision', async () => {
    const { problem, theta } = problemOf(activation, bias, { n: 300 })
    const single = await evaluate(problem, theta.data, 'float32')
    const double = await evaluate(problem, theta.data)
    expect(Math.abs(single.value - double.value)).toBeLessThan(1e-5 * (1 + Math.abs(double.value)))
    expect(norm(single.gradient.map((g, i) => g - double.gradient[i]))).toBeLessThan(1e-5)
  })

  test('is strongly convex in what is regularised: at least λ‖ΔΘ‖² above its tangent', async () => {
    const { problem, theta } = problemOf(activation, bias)
    const { value, gradient } = await evaluate(problem, theta.data)
    for (let seed = 10; seed < 20; seed++) {
      const step = normalTheta(theta.rows, theta.cols, seed).data
      const there = await evaluate(
        problem,
        theta.data.map((x, i) => x + step[i]),
      )
      const tangent = value + dot(gradient, step)
      // Softmax reads the float32 rows of T as summing to 1 in value and gradient alike.
      const regularised = bias === 'free' ? step.subarray(0, 4 * 3) : step
      expect(there.value).toBeGreaterThanOrEqual(
        tangent + problem.lambda * dot(regularised, regularised) - 1e-6,
      )
    }
  })
})

function reverseRows({ rows, cols, data }: Matrix<Float32Array>): Float32Array {
  return data.map((_, at) => data[(rows - 1 - Math.floor(at / cols)) * cols + (at % cols)])
}

test('targets with fewer rows than features are a bug, and said to be', async () => {
  const { problem, theta } = problemOf('identity', 'none', { n: 9000 })
  const targets = memoryRows(normalMatrix(8192, 3, 1))
  await expect(evaluate({ ...problem, targets }, theta.data)).rejects.toThrow(
    'paired rows: 9000 and 8192 rows part at 8192',
  )
})
