import { afterAll, describe, expect, test } from 'vitest'
import { dot, type Matrix, rowOf, zeros } from '../../../src/math/matrix.ts'
import { CholeskyFactor } from '../../../src/method/curvature/cholesky-factor.ts'
import { LowerPanels, PANEL } from '../../../src/method/curvature/panels.ts'
import { Products } from '../../../src/method/curvature/products.ts'
import { cpuRuntime } from '../../../src/runtime/onnxruntime.node.ts'
import { normalTheta } from '../problems.ts'

const products = new Products(cpuRuntime())
afterAll(() => products.release())

/** MMᵀ/8 + I of a thin M, symmetric positive definite. */
function positive(n: number): Matrix<Float64Array> {
  const m = normalTheta(n, 8, n)
  const out = zeros(n, n)
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < n; k++) out.data[i * n + k] = dot(rowOf(m, i), rowOf(m, k)) / 8 + Number(i === k)
  }
  return out
}

function panelsOf(matrix: Matrix<Float64Array>): LowerPanels {
  const panels = new LowerPanels(matrix.rows)
  panels.add(matrix, 0, 0)
  return panels
}

describe.each([1, 5, PANEL, PANEL + 1, 2 * PANEL + 40])('of %i rows', n => {
  const matrix = positive(n)

  test('the lower triangle is all that is kept, and makes up the matrix', () => {
    expect(panelsOf(matrix).whole()).toEqual(matrix)
  })

  test('what is added in pieces is there as if it had been added at once', () => {
    const panels = new LowerPanels(n)
    const cut = Math.ceil(n / 3)
    for (const top of [0, cut]) {
      for (const left of [0, cut]) {
        const [rows, cols] = [top === 0 ? cut : n - cut, left === 0 ? cut : n - cut]
        const piece = zeros(rows, cols)
        for (let i = 0; i < rows; i++) {
          piece.data.set(rowOf(matrix, top + i).subarray(left, left + cols), i * cols)
        }
        panels.add(piece, top, left, 0.5)
        panels.add(piece, top, left, 0.5)
      }
    }
    expect(panels.whole()).toEqual(matrix)
  })

  test('A times the solution is the right side', async () => {
    const factor = await CholeskyFactor.make(products, panelsOf(matrix))
    const right = normalTheta(n, 3, 1)
    const x = await factor?.solve(right)
    const back = await products.multiply({ a: matrix, b: x as Matrix<Float64Array> })
    back.data.forEach((value, k) => {
      expect(value).toBeCloseTo(right.data[k], 9)
    })
  })

  test('a right side that begins late is solved for the rows from there on', async () => {
    const factor = (await CholeskyFactor.make(products, panelsOf(matrix))) as CholeskyFactor
    const from = Math.floor((2 * n) / 3)
    const right = normalTheta(n, 2, 2)
    right.data.fill(0, 0, from * 2)
    const [late, whole] = [await factor.solve(right, from), await factor.solve(right)]
    late.data.forEach((value, k) => {
      expect(value).toBeCloseTo(k < from * 2 ? 0 : whole.data[k], 12)
    })
  })
})

test('a matrix that is not positive definite has no factor', async () => {
  const matrix = positive(PANEL + 10)
  matrix.data[matrix.data.length - 1] = -1
  expect(await CholeskyFactor.make(products, panelsOf(matrix))).toBe(null)
})

test('a factor is made no further than to where it is stopped', async () => {
  const made = CholeskyFactor.make(products, panelsOf(positive(10)), { signal: AbortSignal.abort() })
  await expect(made).rejects.toThrow(/abort/)
})
