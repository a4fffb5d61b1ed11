import { beforeAll, describe, expect, test } from 'vitest'
import type { Matrix } from '../../../src/math/matrix.ts'
import { memoryRows } from '../../../src/math/rows.ts'
import { valuesOfRows } from '../../../src/method/attribution/answers.ts'
import type { TestPoint } from '../../../src/method/attribution/attribution.ts'
import { type MethodName, openAttribution } from '../../../src/method/attribution/methods.ts'
import { FactoredHessian } from '../../../src/method/curvature/inverse-hessian.ts'
import { leverages } from '../../../src/method/curvature/leverage.ts'
import type { Problem } from '../../../src/method/head/problem.ts'
import { labelTargets } from '../../../src/method/head/targets.ts'
import { cpuRuntime } from '../../../src/runtime/onnxruntime.node.ts'
import { dense, outer } from '../dense-head.ts'
import { anyLabels, normalMatrix, normalTheta } from '../problems.ts'

/** More of both than any method works on at once. */
const [N, M, D, C] = [1100, 1030, 3, 3]
const runtime = cpuRuntime()
const features = normalMatrix(N, D, 1)
const classes = anyLabels(N, C, 2)
const problem: Problem = {
  features: memoryRows(features),
  targets: labelTargets(classes, C),
  activation: 'softmax',
  lambda: 0.01,
  bias: 'regularised',
}
const theta = normalTheta(D + 1, C, 3)
const inputs = normalMatrix(M, D, 4).data
const points: TestPoint[] = Array.from({ length: M }, (_, t) => ({
  features: inputs.subarray(t * D, (t + 1) * D),
  output: t % C,
}))
const ROWS = [0, 511, 512, 1099]
const LAST = M - 1

async function valuesOf(method: MethodName, asked: readonly TestPoint[]): Promise<Matrix<Float64Array>> {
  const attribution = await openAttribution(runtime, method, { problem, theta, classes })
  const values = await valuesOfRows(attribution, asked, ROWS)
  await attribution.release()
  return values
}

describe('of many examples and many test points', () => {
  test.each(['representer', 'influence', 'grad-cos', 'knn-shapley'] as const)(
    '%s values of a point are those that it has alone',
    async method => {
      const [all, alone] = [await valuesOf(method, points), await valuesOf(method, points.slice(LAST))]
      ROWS.forEach((_, k) => {
        expect(all.data[k * M + LAST]).toBeCloseTo(alone.data[k], 10)
      })
      expect(new Set(all.data).size).toBeGreaterThan(M)
    },
  )

  test('random values of points far apart are not the same', async () => {
    const { data } = await valuesOf('random', points)
    expect(new Set(data).size).toBe(ROWS.length * M)
  })

  describe('corrected influence', () => {
    let corrected: Matrix<Float64Array>
    let solved: Float64Array
    const extended = (f: ArrayLike<number>) => [...Array.from(f), 1]
    beforeAll(async () => {
      const hessian = await FactoredHessian.make(runtime, problem, theta)
      corrected = (await leverages(runtime, problem, theta, hessian)).corrected
      const direction = Array.from({ length: C }, (_, j) => Number(j === points[LAST].output))
      const side = Float64Array.from(outer(extended(points[LAST].features), direction))
      ;[solved] = await hessian.solve([side])
      await hessian.release()
    })

    test('takes each example its own residual', async () => {
      const { data } = await valuesOf('influence-corrected', points)
      for (const [k, i] of ROWS.entries()) {
        const f = extended(features.data.subarray(i * D, (i + 1) * D))
        const gradient = outer(f, corrected.data.subarray(i * C, (i + 1) * C))
        expect(data[k * M + LAST]).toBeCloseTo(-dense.dot(gradient, solved) / N, 12)
      }
    })
  })
})
