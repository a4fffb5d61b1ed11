import { expect, test } from 'vitest'
import type { Matrix } from '../../../src/math/matrix.ts'
import { memoryRows } from '../../../src/math/rows.ts'
import { FactoredHessian } from '../../../src/method/curvature/inverse-hessian.ts'
import { leverages } from '../../../src/method/curvature/leverage.ts'
import type { Problem } from '../../../src/method/head/problem.ts'
import { labelTargets } from '../../../src/method/head/targets.ts'
import { cpuRuntime } from '../../../src/runtime/onnxruntime.node.ts'
import { denseHead, outer, solveDense, type Vector } from '../dense-head.ts'

const [N, D, C] = [5, 2, 3]

interface System {
  /** I − SᵢAᵢ [c, c] */
  readonly matrix: readonly Vector[]
  readonly delta: Vector
}

/** Of each example, by plain loops from the formula. */
async function systemsOf(problem: Problem, theta: Matrix<Float64Array>): Promise<System[]> {
  const head = await denseHead(problem, theta)
  return head.f.map((f, i) => {
    // Aᵢ by its columns: what H⁻¹ makes of fᵢ eₖᵀ, seen by fᵢ.
    const columns = Array.from({ length: C }, (_, k) => {
      const unit = Array.from({ length: C }, (_, j) => Number(j === k))
      const solved = solveDense(head.hessian, outer(f, unit))
      return unit.map((_, j) => f.reduce((sum, x, a) => sum + (x * solved[a * C + j]) / N, 0))
    })
    const matrix = head.s[i].map((row, j) =>
      row.map((_, k) => Number(j === k) - row.reduce((sum, s, l) => sum + s * columns[k][l], 0)),
    )
    return { matrix, delta: head.delta[i] }
  })
}

test('a residual is corrected to the last digits where the first pivot vanishes', async () => {
  // Of random heads one in thousands has an example, here the second, whose first pivot is below 0 under a small λ.
  const row = 1
  const features = [0.3, 5.5, -0.1, 4.7, -1.7, -1.4, 1.5, -1.9, -0.7, -8]
  const theta = { rows: D, cols: C, data: Float64Array.of(-1.7, 6.4, 0.6, -0.3, 0.3, -3.1) }
  const problemAt = (lambda: number): Problem => ({
    features: memoryRows({ rows: N, cols: D, data: Float32Array.from(features) }),
    targets: labelTargets(Int32Array.of(0, 1, 2, 0, 1), C),
    activation: 'softmax',
    lambda,
    bias: 'none',
  })
  const systemAt = async (lambda: number) => (await systemsOf(problemAt(lambda), theta))[row]
  // Under a large one it is 1, so that between them it is 0.
  let [low, high] = [1e-5, 1e3]
  expect((await systemAt(low)).matrix[0][0]).toBeLessThan(0)
  for (let step = 0; step < 60; step++) {
    const middle = Math.sqrt(low * high)
    if ((await systemAt(middle)).matrix[0][0] < 0) low = middle
    else high = middle
  }
  const { matrix, delta } = await systemAt(high)
  expect(Math.abs(matrix[0][0])).toBeLessThan(1e-11)
  const runtime = cpuRuntime()
  const hessian = await FactoredHessian.make(runtime, problemAt(high), theta)
  const { corrected } = await leverages(runtime, problemAt(high), theta, hessian)
  await hessian.release()
  solveDense(matrix, [...delta]).forEach((x, j) => {
    expect(corrected.data[row * C + j] / x).toBeCloseTo(1, 7)
  })
})
