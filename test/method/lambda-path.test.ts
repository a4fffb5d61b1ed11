import { expect, test } from 'vitest'
import { memoryRows } from '../../src/math/rows.ts'
import { fitHead } from '../../src/method/fit/fit.ts'
import { findLambda } from '../../src/method/fit/lambda-path.ts'
import { teacherTargets } from '../../src/method/head/targets.ts'
import { cpuRuntime } from '../../src/runtime/onnxruntime.node.ts'
import { map, normalMatrix } from './problems.ts'

const runtime = cpuRuntime()
const [N, D, C] = [400, 5, 3]
const problem = {
  features: memoryRows(normalMatrix(N, D, 1)),
  // Some of what the targets say no linear head can.
  targets: memoryRows(
    teacherTargets(
      map(normalMatrix(N, C, 2), x => 0.3 * x),
      'softmax',
    ),
  ),
  activation: 'softmax',
  bias: 'regularised',
} as const

function linearProblem() {
  const features = normalMatrix(N, D, 3)
  const weight = normalMatrix(D, C, 4)
  const logits = normalMatrix(N, C, 5)
  for (let i = 0; i < N; i++) {
    for (let j = 0; j < C; j++) {
      logits.data[i * C + j] *= 0.1
      for (let a = 0; a < D; a++) logits.data[i * C + j] += features.data[i * D + a] * weight.data[a * C + j]
    }
  }
  const targets = memoryRows(teacherTargets(logits, 'softmax'))
  return { ...problem, features: memoryRows(features), targets }
}

test('the λ found reaches what is wanted, and none of the larger ones that were tried does', async () => {
  for (const wanted of [0.95, 0.98, 0.995]) {
    const { points, best } = await findLambda(runtime, linearProblem(), wanted)
    expect(best?.pearson).toBeGreaterThanOrEqual(wanted)
    const larger = points.filter(({ lambda }) => lambda > (best?.lambda ?? 0))
    expect(larger.length).toBeGreaterThan(0)
    for (const { pearson } of larger) expect(pearson).toBeLessThan(wanted)
    // Bracketed to within what the last halving leaves.
    expect(Math.min(...larger.map(({ lambda }) => lambda)) / (best?.lambda ?? 1)).toBeLessThan(1.15)
  }
})

test('smaller λ come closer, whatever the start', async () => {
  const start = (await fitHead(runtime, { ...linearProblem(), lambda: 0.01 })).theta
  const { points } = await findLambda(runtime, linearProblem(), 0.98, { start })
  const sorted = [...points].sort((a, b) => b.lambda - a.lambda)
  for (let k = 1; k < sorted.length; k++) {
    expect(sorted[k].pearson).toBeGreaterThan((sorted[k - 1].pearson ?? 0) - 1e-4)
  }
})

test('a λ that is large enough at once is not gone below', async () => {
  const { points, best } = await findLambda(runtime, linearProblem(), 0.01)
  expect(points).toHaveLength(1)
  expect(best?.lambda).toBe(10)
})

test('where no λ reaches what is wanted, there is none, and the whole path is told', async () => {
  const told: number[] = []
  const { points, best } = await findLambda(runtime, problem, 0.999, {
    onPoint: ({ lambda }) => void told.push(lambda),
  })
  expect(best).toBeNull()
  expect(told).toEqual(points.map(({ lambda }) => lambda))
  expect(Math.min(...told)).toBeLessThanOrEqual(1e-7)
})
