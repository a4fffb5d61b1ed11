import { expect, test } from 'vitest'
import { zeros } from '../../src/math/matrix.ts'
import { withInversion } from '../../src/method/fit/inverse.ts'
import { cpuRuntime } from '../../src/runtime/onnxruntime.node.ts'
import { normalTheta } from './problems.ts'

const runtime = cpuRuntime()

/** MMᵀ/m + I of a random M [n, m]. */
function positiveDefinite(n: number, seed: number) {
  const m = 5
  const { data } = normalTheta(n, m, seed)
  const a = zeros(n, n)
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      for (let k = 0; k < m; k++) a.data[i * n + j] += (data[i * m + k] * data[j * m + k]) / m
    }
    a.data[i * n + i] += 1
  }
  return a
}

test.each([1, 2, 64, 65, 129, 200])('A A⁻¹ = I for %i × %i, by halves or not', async n => {
  const a = positiveDefinite(n, n)
  const before = a.data.slice()
  const inverse = await withInversion(runtime, invert => invert(a))
  expect(a.data).toEqual(before)
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      let sum = 0
      for (let k = 0; k < n; k++) sum += a.data[i * n + k] * (inverse?.data[k * n + j] ?? Number.NaN)
      expect(Math.abs(sum - Number(i === j))).toBeLessThan(1e-10)
      expect(inverse?.data[i * n + j]).toBeCloseTo(inverse?.data[j * n + i] ?? Number.NaN, 12)
    }
  }
})

test.each([3, 150])('a matrix that is not positive definite has none, %i × %i', async n => {
  for (const at of [0, n - 1]) {
    const a = positiveDefinite(n, 1)
    a.data[at * n + at] = -1
    expect(await withInversion(runtime, invert => invert(a))).toBeNull()
  }
})
