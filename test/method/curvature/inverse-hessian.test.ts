import { beforeAll, describe, expect, test } from 'vitest'
import type { Matrix } from '../../../src/math/matrix.ts'
import { memoryRows } from '../../../src/math/rows.ts'
import { ekFac } from '../../../src/method/curvature/ek-fac.ts'
import {
  FactoredHessian,
  type InverseHessian,
  isFactored,
  iterativeInverse,
  openInverse,
} from '../../../src/method/curvature/inverse-hessian.ts'
import { leverages } from '../../../src/method/curvature/leverage.ts'
import { ManyObjectives } from '../../../src/method/curvature/many-objectives.ts'
import type { Problem } from '../../../src/method/head/problem.ts'
import { labelTargets } from '../../../src/method/head/targets.ts'
import { cpuRuntime } from '../../../src/runtime/onnxruntime.node.ts'
import { C, D, fitted, HEADS, N, problemOf } from '../attribution/heads.ts'
import { type DenseHead, dense, denseHead, outer, solveDense } from '../dense-head.ts'
import { anyLabels, normalMatrix, normalTheta } from '../problems.ts'

const runtime = cpuRuntime()
const { dot } = dense

/** An eigen-decomposition by Jacobi's rotations: rows are eigenvectors. */
function jacobi(matrix: readonly number[][]): { values: number[]; vectors: number[][] } {
  const n = matrix.length
  const a = matrix.map(row => [...row])
  const v = a.map((_, i) => a.map((_, k) => Number(i === k)))
  for (let sweep = 0; sweep < 60; sweep++) {
    for (let p = 0; p < n; p++) {
      for (let q = p + 1; q < n; q++) {
        if (a[p][q] === 0) continue
        const angle = Math.atan2(2 * a[p][q], a[p][p] - a[q][q]) / 2
        const [c, s] = [Math.cos(angle), Math.sin(angle)]
        for (const m of [a, v]) {
          for (let k = 0; k < n; k++) {
            const [x, y] = [m[p][k], m[q][k]]
            m[p][k] = c * x + s * y
            m[q][k] = c * y - s * x
          }
        }
        for (let k = 0; k < n; k++) {
          const [x, y] = [a[k][p], a[k][q]]
          a[k][p] = c * x + s * y
          a[k][q] = c * y - s * x
        }
      }
    }
  }
  return { values: a.map((row, i) => row[i]), vectors: v }
}

describe.each(HEADS)('at a head of %s, bias %s', (kind, bias) => {
  const problem = problemOf(kind, bias)
  const width = D + Number(bias !== 'none')
  const sides = [1, 2, 3].map(seed => normalTheta(width, C, seed).data)
  let theta: Matrix<Float64Array>
  let head: DenseHead
  beforeAll(async () => {
    theta = await fitted(runtime, problem)
    head = await denseHead(problem, theta)
  })

  async function solvedBy(inverse: InverseHessian): Promise<Float64Array[]> {
    const solved = await inverse.solve(sides)
    await inverse.release()
    return solved
  }

  test('the factored Hessian is the one of plain loops', async () => {
    const solved = await solvedBy(await openInverse(runtime, problem, theta))
    for (const [t, side] of sides.entries()) {
      solveDense(head.hessian, [...side]).forEach((x, k) => {
        expect(solved[t][k]).toBeCloseTo(x, 9)
      })
    }
  })

  test('and conjugate gradients come to the same', async () => {
    const [exact, found] = [
      await solvedBy(await FactoredHessian.make(runtime, problem, theta)),
      await solvedBy(await iterativeInverse(runtime, problem, theta)),
    ]
    for (const [t, x] of exact.entries()) {
      const miss = dense.norm(x.map((value, k) => value - found[t][k]))
      expect(miss).toBeLessThan(1e-5 * dense.norm(x))
    }
  })

  test('EK-FAC is the diagonal along the eigenvectors of its two factors', async () => {
    const mean = (of: (i: number) => number) => head.f.reduce((sum, _, i) => sum + of(i) / N, 0)
    const square = (size: number, entry: (a: number, b: number) => number) =>
      Array.from({ length: size }, (_, a) => Array.from({ length: size }, (_, b) => entry(a, b)))
    const ofInputs = jacobi(square(width, (a, b) => mean(i => head.f[i][a] * head.f[i][b])))
    const ofOutputs = jacobi(square(C, (j, k) => mean(i => head.s[i][j][k])))
    const solved = await solvedBy(await ekFac(runtime, problem, theta))
    // Where eigenvalues are the same their directions are not determined, but any do: squared error has S = I.
    for (const [t, side] of sides.entries()) {
      const wanted = new Array<number>(side.length).fill(0)
      for (const q of ofInputs.vectors) {
        for (const r of ofOutputs.vectors) {
          const turned = outer(q, r)
          const scale = mean(
            i =>
              dot(q, head.f[i]) ** 2 *
              dot(
                r,
                head.s[i].map(row => dot(row, r)),
              ),
          )
          const along = dot(turned, side) / (scale + 2 * problem.lambda)
          turned.forEach((x, k) => {
            wanted[k] += along * x
          })
        }
      }
      wanted.forEach((x, k) => {
        expect(solved[t][k]).toBeCloseTo(x, 8)
      })
    }
  })

  test('leverages say what a Newton step without an example makes of its logits', async () => {
    const inverse = await FactoredHessian.make(runtime, problem, theta)
    const found = await leverages(runtime, problem, theta, inverse)
    await inverse.release()
    for (const i of [0, 7, N - 1]) {
      const gradient = outer(head.f[i], head.delta[i])
      const without = head.hessian.map((row, x) =>
        row.map((h, y) => {
          const [a, j, b, k] = [Math.floor(x / C), x % C, Math.floor(y / C), y % C]
          return h - (head.s[i][j][k] * head.f[i][a] * head.f[i][b]) / N
        }),
      )
      const step = solveDense(
        without,
        gradient.map(g => g / N),
      )
      for (let j = 0; j < C; j++) {
        const unit = outer(
          head.f[i],
          Array.from({ length: C }, (_, k) => Number(j === k)),
        )
        const logit = dot(unit, theta.data) + dot(unit, step)
        expect(found.leftOut.data[i * C + j]).toBeCloseTo(logit, 8)
      }
      const direct = solveDense(
        head.hessian,
        gradient.map(g => g / N),
      )
      expect(found.selfInfluence[i]).toBeCloseTo(dot(gradient, direct), 9)
      // n ΔᵀH Δ of the step Δ, which Cook's distance is of least squares.
      const moved = head.hessian.map(row => dot(row, step))
      expect(found.cooks[i]).toBeCloseTo(N * dot(step, moved), 8)
    }
  })
})

test.each(['softmax', 'sigmoid'] as const)(
  'a product with the Hessian of a wide %s head is undone',
  async activation => {
    const [n, d, c] = [300, 470, 3]
    const problem: Problem = {
      features: memoryRows(normalMatrix(n, d, 1)),
      targets: labelTargets(anyLabels(n, c, 2), c),
      activation,
      lambda: 0.01,
      bias: 'regularised',
    }
    const theta = normalTheta(d + 1, c, 3)
    const v = normalTheta(d + 1, c, 4).data
    const many = new ManyObjectives(runtime, problem, 'float64')
    const [product] = await many.curve([{ theta: theta.data, counts: null, divisor: n, v }])
    await many.release()
    const inverse = await FactoredHessian.make(runtime, problem, theta)
    const [back] = await inverse.solve([product])
    await inverse.release()
    expect(dense.norm(back.map((x, k) => x - v[k]))).toBeLessThan(1e-9 * dense.norm(v))
  },
)

test('heads of up to about ten thousand numbers are factored under softmax, and larger ones where outputs are apart', () => {
  const sized = (d: number, c: number, activation: Problem['activation']): Problem => {
    const rows = {
      rows: 100,
      dtype: 'float32',
      blocks: () => (async function* () {})(),
      fetch: async () => never(),
    } as const
    return {
      features: { ...rows, cols: d },
      targets: { ...rows, cols: c },
      activation,
      lambda: 1,
      bias: 'none',
    }
  }
  const never = () => {
    throw new Error('nothing is read to know the size')
  }
  expect(isFactored(sized(1000, 10, 'softmax'))).toBe(true)
  expect(isFactored(sized(2000, 10, 'softmax'))).toBe(false)
  expect(isFactored(sized(2000, 10, 'sigmoid'))).toBe(true)
})

describe('an output that is nowhere active, under a free bias', () => {
  const problem: Problem = { ...problemOf('squared error', 'free'), activation: 'relu' }
  const theta = normalTheta(D + 1, C, 1)
  const DEAD = 1
  for (let a = 0; a <= D; a++) theta.data[a * C + DEAD] = a < D ? 0 : -1
  const sides = [2, 3].map(seed => normalTheta(D + 1, C, seed).data)

  test('changes no product of the inverse with what has no part in it', async () => {
    const gradients = sides.map(side => side.map((x, k) => (k % C === DEAD ? 0 : x)))
    const inverse = await FactoredHessian.make(runtime, problem, theta)
    const solved = await inverse.solve(gradients)
    await inverse.release()
    const many = new ManyObjectives(runtime, problem, 'float64')
    const back = await many.curve(solved.map(v => ({ theta: theta.data, counts: null, divisor: N, v })))
    await many.release()
    for (const [t, gradient] of gradients.entries()) {
      expect(dense.norm(back[t].map((x, k) => x - gradient[k]))).toBeLessThan(1e-9 * dense.norm(gradient))
      expect(dense.norm(solved[t].filter((_, k) => k % C === DEAD))).toBe(0)
    }
  })

  test('has one inverse, whichever way it is made', async () => {
    const found: Float64Array[][] = []
    for (const inverse of [
      await FactoredHessian.make(runtime, problem, theta),
      await iterativeInverse(runtime, problem, theta),
    ]) {
      found.push(await inverse.solve(sides))
      await inverse.release()
    }
    for (const [t, x] of found[0].entries()) {
      const miss = dense.norm(x.map((value, k) => value - found[1][t][k]))
      expect(miss).toBeLessThan(1e-5 * dense.norm(x))
    }
  })
})

test('conjugate gradients stop where they are told to', async () => {
  const problem = problemOf('softmax with labels', 'regularised')
  const theta = normalTheta(D + 1, C, 1)
  const controller = new AbortController()
  const inverse = await iterativeInverse(runtime, problem, theta, { signal: controller.signal })
  controller.abort()
  await expect(inverse.solve([theta.data])).rejects.toThrow(/abort/)
  await inverse.release()
})

test('a Hessian that is singular is refused', async () => {
  // One output is all but certain everywhere, and nothing holds the free bias of the others.
  const problem = problemOf('softmax with labels', 'free')
  const theta = normalTheta(D + 1, C, 1)
  theta.data[D * C] = 1000
  await expect(FactoredHessian.make(runtime, problem, theta)).rejects.toThrow(
    'head: its Hessian is singular, raise lambda or use a regularised bias',
  )
})
