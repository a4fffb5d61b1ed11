import { describe, expect, test } from 'vitest'
import { dot, norm, rowOf } from '../../src/math/matrix.ts'
import { memoryRows } from '../../src/math/rows.ts'
import { explainFit } from '../../src/method/fit/explained-fit.ts'
import { fitHead } from '../../src/method/fit/fit.ts'
import { softmaxHessian } from '../../src/method/fit/hessian.ts'
import { Objective } from '../../src/method/fit/objective.ts'
import { type Form, formOf, preconditioner } from '../../src/method/fit/preconditioner.ts'
import type { Bias } from '../../src/method/head/head-graph.ts'
import type { Problem } from '../../src/method/head/problem.ts'
import { labelTargets, teacherTargets } from '../../src/method/head/targets.ts'
import type { Activation } from '../../src/onnx/activation.ts'
import { cpuRuntime } from '../../src/runtime/onnxruntime.node.ts'
import { anyLabels, map, normalMatrix, normalTheta } from './problems.ts'

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

/** ‖P⁻¹Hv − v‖ / ‖v‖ at Θ */
async function miss(form: Form, problem: Problem, c: number): Promise<number> {
  const rows = problem.features.cols + Number(problem.bias !== 'none')
  const theta = normalTheta(rows, c, 4)
  const v = normalTheta(rows, c, 5).data
  const objective = await Objective.create(runtime, problem, 'float64')
  const along = await objective.curve(theta.data, v)
  await objective.release()
  const p = await preconditioner(runtime, form, { problem, sample: problem }, theta)
  const got = await p.apply(along)
  await p.release()
  return Math.sqrt(got.reduce((sum, x, k) => sum + (x - v[k]) ** 2, 0) / v.reduce((sum, x) => sum + x * x, 0))
}

describe.each(['regularised', 'none'] as const)('with bias %s', bias => {
  test('the form hessian is nearly the Hessian of softmax, by a sample of the examples', async () => {
    expect(await miss('hessian', problemOf(bias), C)).toBeLessThan(0.1)
  })

  test('and the Hessian over all examples counts each as its weight says', async () => {
    const problem = problemOf(bias)
    const rows = problem.features.cols + Number(bias !== 'none')
    const theta = normalTheta(rows, C, 4)
    const v = normalTheta(rows, C, 5).data
    const hessianBy = (weight: (row: number) => number) =>
      softmaxHessian(
        runtime,
        problem,
        theta,
        Float32Array.from({ length: N }, (_, row) => weight(row)),
      )
    const [whole, even, odd] = [
      await hessianBy(() => 1),
      await hessianBy(row => Number(row % 2 === 0)),
      await hessianBy(row => Number(row % 2 === 1)),
    ]
    const objective = await Objective.create(runtime, problem, 'float64')
    const along = await objective.curve(theta.data, v)
    await objective.release()
    const size = norm(along)
    expect(norm(along.map((x, i) => x - 2 * problem.lambda * v[i] - dot(rowOf(whole, i), v)))).toBeLessThan(
      1e-4 * size,
    )
    expect(norm(whole.data.map((x, i) => x - even.data[i] - odd.data[i]))).toBeLessThan(
      1e-4 * norm(whole.data),
    )
  })

  test.each(['sigmoid', 'tanh', 'softplus', 'elu:1', 'identity'] as const)(
    'the form outputs is the Hessian of %s',
    async activation => {
      const targets = memoryRows(teacherTargets(normalMatrix(N, C, 2), activation))
      expect(await miss('outputs', { ...problemOf(bias), targets, activation }, C)).toBeLessThan(1e-3)
    },
  )

  test('the form gram is the Hessian of numbers', async () => {
    const problem: Problem = {
      ...problemOf(bias, 1),
      targets: memoryRows(normalMatrix(N, C, 2)),
      activation: 'identity',
    }
    expect(await miss('gram', problem, C)).toBeLessThan(1e-4)
  })

  test('the form diagonal is the Hessian of numbers whose features do not correlate, far from zero as they are', async () => {
    const problem: Problem = {
      ...problemOf(bias, 5),
      targets: memoryRows(normalMatrix(N, C, 2)),
      activation: 'identity',
    }
    expect(await miss('diagonal', problem, C)).toBeLessThan(0.1)
  })
})

test('the nearest form is taken that pays: none of the size of its square for a large head', () => {
  const form = (activation: Activation, n: number, d: number, c: number): Form => {
    const rows = (cols: number) => ({ ...memoryRows({ rows: 0, cols, data: new Float32Array() }), rows: n })
    return formOf({ features: rows(d), targets: rows(c), activation, lambda: 0.003, bias: 'regularised' })
  }
  expect(form('softmax', 50_000, 64, 10)).toBe('hessian')
  expect(form('softmax', 20_000, 512, 100)).toBe('gram')
  expect(form('softmax', 50_000, 4096, 2)).toBe('diagonal')
  expect(form('relu', 60_000, 784, 64)).toBe('outputs')
  expect(form('relu', 400, 784, 64)).toBe('gram')
  expect(form('identity', 50_000, 64, 10)).toBe('gram')
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

test('outputs that are numbers share one Hessian, by which a fit takes few steps', async () => {
  const problem: Problem = {
    ...problemOf('regularised', 1),
    targets: memoryRows(normalMatrix(N, C, 2)),
    activation: 'identity',
  }
  const { status, iterations } = await fitHead(runtime, problem, { start: normalTheta(D + 1, C, 4) })
  expect(status).toBe('converged')
  expect(iterations).toBeLessThanOrEqual(5)
})
