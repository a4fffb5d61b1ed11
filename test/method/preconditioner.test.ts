import { describe, expect, test } from 'vitest'
import { cholesky, choleskySolve } from '../../src/math/cholesky.ts'
import { memoryRows } from '../../src/math/rows.ts'
import { explainFit } from '../../src/method/explained-fit.ts'
import { fitHead } from '../../src/method/fit.ts'
import type { Bias } from '../../src/method/head-graph.ts'
import { lossOf } from '../../src/method/loss.ts'
import { Objective, type Problem } from '../../src/method/objective.ts'
import { featurePreconditioner } from '../../src/method/preconditioner.ts'
import { labelTargets, teacherTargets } from '../../src/method/targets.ts'
import { cpuRuntime } from '../../src/runtime/onnxruntime.node.ts'
import { anyLabels, map, normalMatrix, normalTheta, transposedProduct } from './problems.ts'

const runtime = cpuRuntime()
const N = 9000
const D = 3
const C = 4

function problemOf(bias: Bias, shift = 0): Problem {
  const features = map(normalMatrix(N, D, 1), x => x + shift)
  return {
    features: memoryRows(features),
    targets: labelTargets(anyLabels(N, C, 2), C),
    activation: 'softmax',
    lambda: 0.003,
    bias,
  }
}

describe.each(['regularised', 'none'] as const)('with bias %s', bias => {
  test('it solves s F̃ᵀF̃/n + 2λI, over more than one block of rows', async () => {
    const features = normalMatrix(N, D, 1)
    const rows = bias === 'regularised' ? D + 1 : D
    const extended = {
      rows: N,
      cols: rows,
      data: Float64Array.from({ length: N * rows }, (_, k) =>
        k % rows < D ? features.data[Math.floor(k / rows) * D + (k % rows)] : 1,
      ),
    }
    const gram = transposedProduct(features, extended, bias)
    const hessian = map(gram, x => (lossOf('softmax').curvature * x) / N)
    for (let a = 0; a < rows; a++) hessian.data[a * rows + a] += 2 * 0.003
    const gradient = normalMatrix(rows, C, 3)
    const factor = cholesky(hessian)
    const expected = factor && choleskySolve(factor, Float64Array.from(gradient.data))
    const solve = await featurePreconditioner(runtime, problemOf(bias), null)
    const got = solve?.(Float64Array.from(gradient.data)) ?? new Float64Array(0)
    got.forEach((x, k) => {
      expect(Math.abs(x - (expected?.[k] ?? Number.NaN))).toBeLessThan(1e-4 * Math.max(1, Math.abs(x)))
    })
    expect(got).toHaveLength(rows * C)
  })
})

test('features far from zero take about as long as features around it', async () => {
  const options = { gap: 1e-3 }
  const near = await fitHead(runtime, problemOf('regularised'), options)
  const far = await fitHead(runtime, problemOf('regularised', 100), options)
  expect([near.status, far.status]).toEqual(['converged', 'converged'])
  expect(far.iterations).toBeLessThan(10 * near.iterations + 50)
})

test('a gap that only the rounding of alpha misses is called precision-limited, with the gap that is', async () => {
  const classes = anyLabels(N, C, 2)
  const { status, completenessGap } = await explainFit(
    runtime,
    { ...problemOf('regularised', 1000), lambda: 0.003 },
    { kernel: 'plain', task: 'classification', classes, classCount: C },
    { gap: 1e-3 },
  )
  expect(status).toBe('precision-limited')
  expect(completenessGap).toBeGreaterThan(1e-3)
})

test('a head that is zero is not converged, however small the logits that a large λ asks for', async () => {
  const { theta, status } = await fitHead(runtime, { ...problemOf('regularised', 1), lambda: 1e5 })
  expect(status).toBe('converged')
  expect(theta.data.some(x => x !== 0)).toBe(true)
})

test.each(['sigmoid', 'tanh', 'softplus', 'elu:1'] as const)(
  'under %s, given a start, it solves the Hessian there of each output',
  async activation => {
    const n = 500
    const features = normalMatrix(n, D, 1)
    const targets = memoryRows(teacherTargets(normalMatrix(n, C, 2), activation))
    const bias = 'free'
    const problem: Problem = { features: memoryRows(features), targets, activation, lambda: 0.01, bias }
    const start = normalTheta(D + 1, C, 4)
    const solve = await featurePreconditioner(runtime, problem, start)
    const objective = await Objective.create(runtime, problem, 'float64')
    const step = normalTheta(D + 1, C, 5).data
    const h = 1e-5
    const at = async (t: number) =>
      (await objective.evaluate(start.data.map((x, k) => x + t * step[k]))).gradient
    const [before, after] = [await at(-h), await at(h)]
    await objective.release()
    const along = after.map((g, k) => (g - before[k]) / (2 * h))
    solve?.(along).forEach((x, k) => {
      expect(Math.abs(x - step[k])).toBeLessThan(5e-3 * (1 + Math.abs(step[k])))
    })
    expect(solve).not.toBeNull()
  },
)

test('outputs that are numbers share one Hessian, which is exact, wherever the fit starts', async () => {
  const problem: Problem = {
    ...problemOf('regularised', 1),
    targets: memoryRows(normalMatrix(N, C, 2)),
    activation: 'identity',
  }
  const { status, iterations } = await fitHead(runtime, problem, { start: normalTheta(D + 1, C, 4) })
  expect(status).toBe('converged')
  expect(iterations).toBeLessThanOrEqual(2)
})
