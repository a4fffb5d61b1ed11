import { expect, test } from 'vitest'
import { dot, type Matrix, norm, rowOf } from '../../src/math/matrix.ts'
import { principalDirections } from '../../src/math/principal.ts'
import { normalTheta } from '../method/problems.ts'

/** Rows along two directions only, the first of them ten times as strong. */
function planar(m: number, r: number): { x: Matrix<Float64Array>; strong: Float64Array } {
  const [strong, weak] = [rowOf(normalTheta(2, r, 1), 0), rowOf(normalTheta(2, r, 1), 1)]
  const parts = normalTheta(m, 2, 2)
  const data = Float64Array.from({ length: m * r }, (_, at) => {
    const [i, a] = [Math.floor(at / r), at % r]
    return 10 * parts.data[2 * i] * strong[a] + parts.data[2 * i + 1] * weak[a]
  })
  return { x: { rows: m, cols: r, data }, strong }
}

test('directions are orthonormal, or zeros where the rows have no more', () => {
  const { x } = planar(50, 7)
  const u = principalDirections(x, 4)
  for (let b = 0; b < 4; b++) {
    for (let other = 0; other < 4; other++) {
      const expected = b === other && b < 2 ? 1 : 0
      expect(dot(rowOf(u, b), rowOf(u, other))).toBeCloseTo(expected, 13)
    }
  }
})

test('directions carry the rows, the strongest first', () => {
  const { x, strong } = planar(50, 7)
  const u = principalDirections(x, 2)
  expect(Math.abs(dot(rowOf(u, 0), strong)) / norm(strong)).toBeGreaterThan(0.99)
  for (let i = 0; i < x.rows; i++) {
    const row = rowOf(x, i)
    expect(Math.hypot(dot(row, rowOf(u, 0)), dot(row, rowOf(u, 1)))).toBeCloseTo(norm(row), 10)
  }
})

test.each([0, 1e-200, 1e200])('rows of size %d give numbers', size => {
  const { data } = principalDirections({ rows: 3, cols: 2, data: new Float64Array(6).fill(size) }, 2)
  expect(data.every(Number.isFinite)).toBe(true)
})
