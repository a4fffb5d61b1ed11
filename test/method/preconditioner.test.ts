import { describe, expect, test } from 'vitest'
import { cholesky, choleskySolve } from '../../src/math/cholesky.ts'
import { memoryRows } from '../../src/math/rows.ts'
import { explainFit } from '../../src/method/explained-fit.ts'
import { fitHead } from '../../src/method/fit.ts'
import type { Bias } from '../../src/method/head-graph.ts'
import { lossOf } from '../../src/method/loss.ts'
import type { Problem } from '../../src/method/objective.ts'
import { featurePreconditioner } from '../../src/method/preconditioner.ts'
import { labelTargets } from '../../src/method/targets.ts'
import { cpuRuntime } from '../../src/runtime/onnxruntime.node.ts'
import { anyLabels, map, normalMatrix, transposedProduct } from './problems.ts'

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
