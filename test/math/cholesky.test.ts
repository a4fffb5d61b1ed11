import fc from 'fast-check'
import { expect, test } from 'vitest'
import { cholesky, choleskySolve } from '../../src/math/cholesky.ts'
import { zeros } from '../../src/math/matrix.ts'
import { randomNormal } from '../../src/math/random.ts'

/** MMᵀ + I of a random M [n, n]: symmetric positive definite. */
function positiveDefinite(n: number, seed: number) {
  const normal = randomNormal(seed)
  const m = Array.from({ length: n * n }, normal)
  const a = zeros(n, n)
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      for (let k = 0; k < n; k++) a.data[i * n + j] += m[i * n + k] * m[j * n + k]
    }
    a.data[i * n + i] += 1
  }
  return a
}

const sizes = fc.record({
  n: fc.integer({ min: 1, max: 12 }),
  m: fc.integer({ min: 1, max: 4 }),
  seed: fc.nat(1e6),
})

test('LLᵀ = A, L lower triangular', () => {
  fc.assert(
    fc.property(sizes, ({ n, seed }) => {
      const a = positiveDefinite(n, seed)
      const l = cholesky(a)?.data ?? new Float64Array(0)
      for (let i = 0; i < n; i++) {
        for (let j = 0; j < n; j++) {
          let sum = 0
          for (let k = 0; k < n; k++) sum += l[i * n + k] * l[j * n + k]
          expect(Math.abs(sum - a.data[i * n + j])).toBeLessThan(1e-10 * n)
          if (j > i) expect(l[i * n + j]).toBe(0)
        }
      }
    }),
  )
})

test('A X = B for every column of B', () => {
  fc.assert(
    fc.property(sizes, ({ n, m, seed }) => {
      const a = positiveDefinite(n, seed)
      const normal = randomNormal(seed + 1)
      const b = Float64Array.from({ length: n * m }, normal)
      const factor = cholesky(a)
      const x = factor ? choleskySolve(factor, b) : b
      for (let i = 0; i < n; i++) {
        for (let j = 0; j < m; j++) {
          let sum = 0
          for (let k = 0; k < n; k++) sum += a.data[i * n + k] * x[k * m + j]
          expect(Math.abs(sum - b[i * m + j])).toBeLessThan(1e-9)
        }
      }
    }),
  )
})

test('a matrix that is not positive definite has no factor', () => {
  expect(cholesky({ rows: 2, cols: 2, data: Float64Array.of(1, 2, 2, 1) })).toBeNull()
  expect(cholesky({ rows: 1, cols: 1, data: Float64Array.of(0) })).toBeNull()
  expect(cholesky({ rows: 1, cols: 1, data: Float64Array.of(Number.NaN) })).toBeNull()
})
