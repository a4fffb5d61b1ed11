import { describe, expect, test } from 'vitest'
import { dot, type Matrix, rowOf } from '../../src/math/matrix.ts'
import { memoryRows } from '../../src/math/rows.ts'
import { type Certificate, certify, type StoredSolution } from '../../src/method/fit/certificate.ts'
import { type ExplainedFit, explainFit } from '../../src/method/fit/explained-fit.ts'
import type { KernelChoice } from '../../src/method/head/kernel.ts'
import type { Problem } from '../../src/method/head/problem.ts'
import { cpuRuntime } from '../../src/runtime/onnxruntime.node.ts'
import { C, D, features, N, problemOf } from './attribution/heads.ts'
import { kernelProduct, map, normalMatrix, queried } from './problems.ts'

const runtime = cpuRuntime()
const GAP = 1e-6
const other = normalMatrix(9, D, 21)
const test9 = memoryRows(other)

async function solved(problem: Problem, kernel: KernelChoice): Promise<ExplainedFit> {
  const grouping = { kernel, classes: null, task: 'classification', classCount: C } as const
  return explainFit(runtime, problem, grouping, { gap: GAP })
}

const alphaOf = async ({ alpha }: StoredSolution): Promise<Matrix<Float32Array>> =>
  alpha.fetch(Array.from({ length: N }, (_, i) => i))

/** The largest |M_jᵀq(f)| by plain loops. */
function largest(matrix: Matrix, of: Matrix, { kernel }: StoredSolution): number {
  let most = 0
  for (let i = 0; i < of.rows; i++) {
    const q = queried(of, i, kernel)
    for (let j = 0; j < C; j++) {
      const column = Array.from(q, (_, a) => rowOf(matrix, a)[j])
      most = Math.max(most, Math.abs(dot(q, column)))
    }
  }
  return most
}

const certified = (problem: Problem, solution: StoredSolution): Promise<Certificate> =>
  certify(runtime, problem, solution, test9)

describe.each([
  ['regularised', 'plain'],
  ['none', 'plain'],
  ['free', 'plain'],
  ['free', 'centred'],
] as const)('bias %s, kernel %s', (bias, kernel) => {
  const problem = problemOf('softmax with a teacher', bias)

  test('is that of the fit, and what plain loops find', async () => {
    const fit = await solved(problem, kernel)
    const found = await certified(problem, fit)
    expect(found.train).toBeCloseTo(fit.completenessGap, 12)
    expect(found.train).toBeLessThanOrEqual(GAP)
    expect(found.stationary).toBeLessThanOrEqual(GAP)
    expect(found.residual).toBeLessThan(1e-12)
    const sum = kernelProduct(features, await alphaOf(fit), fit.kernel)
    const left = { ...sum, data: sum.data.map((x, k) => fit.theta.data[k] - x) }
    expect(found.test).toBeCloseTo(largest(left, other, fit), 12)
    // Nothing as large as what is stored is missed by more.
    expect(found.bound).toBeGreaterThanOrEqual(Math.max(found.train, found.test as number))
  })

  test('sees one α that was changed, in the gap and in the residual that is stored', async () => {
    const fit = await solved(problem, kernel)
    const alpha = await alphaOf(fit)
    alpha.data[4] += 0.01
    const found = await certified(problem, { ...fit, alpha: memoryRows(alpha) })
    expect(found.train).toBeGreaterThan(1e-3)
    expect(found.residual).toBeGreaterThan(1e-3)
    expect(found.stationary).toBeLessThanOrEqual(GAP)
  })

  test('sees a head that is not stationary, though its α add up', async () => {
    const fit = await solved(problem, kernel)
    const theta = map(fit.theta, x => 1.01 * x)
    const alpha = map(await alphaOf(fit), x => 1.01 * x)
    const residual = map(fit.residual, x => 1.01 * x)
    const found = await certified(problem, { ...fit, theta, alpha: memoryRows(alpha), residual })
    expect(found.train).toBeLessThan(2 * GAP)
    expect(found.stationary).toBeGreaterThan(1e-3)
  })
})

test('sees a free bias that is not stationary, though the weights are and α add up to them', async () => {
  // The optimum under a bias of 0.
  const fit = await solved(problemOf('softmax with a teacher', 'none'), 'plain')
  const theta = { rows: D + 1, cols: C, data: new Float64Array((D + 1) * C) }
  theta.data.set(fit.theta.data)
  const alpha = await alphaOf(fit)
  const sums = Array.from({ length: C }, (_, j) =>
    alpha.data.reduce((sum, x, k) => sum + (k % C === j ? x : 0), 0),
  )
  const found = await certified(problemOf('softmax with a teacher', 'free'), { ...fit, theta })
  expect(found.train).toBeLessThanOrEqual(GAP)
  expect(found.residual).toBeLessThan(1e-12)
  expect(found.stationary).toBeGreaterThan(0.1)
  expect(found.stationary).toBeCloseTo(Math.max(...sums.map(Math.abs)), 5)
})

test('without test examples there is no gap of them', async () => {
  const problem = problemOf('softmax with labels', 'regularised')
  const found = await certify(runtime, problem, await solved(problem, 'plain'), null)
  expect(found.test).toBe(null)
})
