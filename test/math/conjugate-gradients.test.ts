import { expect, test } from 'vitest'
import { conjugateGradients } from '../../src/math/conjugate-gradients.ts'
import { dot, type Matrix, rowOf, zeros } from '../../src/math/matrix.ts'
import { randomNormal } from '../../src/math/random.ts'

const N = 30
const normal = randomNormal(1)

/** M Mᵀ + I, with rows of very different sizes. */
const matrix: Matrix<Float64Array> = (() => {
  const m = Array.from({ length: N }, (_, i) =>
    Float64Array.from({ length: N }, () => 10 ** (i / 8) * normal()),
  )
  const out = zeros(N, N)
  for (let i = 0; i < N; i++) {
    for (let k = 0; k < N; k++) out.data[i * N + k] = dot(m[i], m[k]) + Number(i === k)
  }
  return out
})()
const b = Float64Array.from({ length: N }, normal)

function solve(right: Float64Array, options = {}) {
  const solver = conjugateGradients(right, options)
  let request = solver.next()
  while (!request.done) {
    const asked = request.value
    request = solver.next(
      'curve' in asked
        ? Float64Array.from({ length: N }, (_, i) => dot(rowOf(matrix, i), asked.curve))
        : asked.precondition.map((x, i) => x / matrix.data[i * N + i]),
    )
  }
  return request.value
}

test('the solution leaves no more than the tolerance', () => {
  const { x, status } = solve(b, { tolerance: 1e-10 })
  expect(status).toBe('converged')
  const miss = b.map((value, i) => value - dot(rowOf(matrix, i), x))
  expect(Math.sqrt(dot(miss, miss))).toBeLessThan(1.1e-10 * Math.sqrt(dot(b, b)))
})

test('nothing on the right is solved by nothing, without a product', () => {
  expect(solve(new Float64Array(N))).toEqual({ x: new Float64Array(N), status: 'converged', iterations: 0 })
})

test('too few iterations are told', () => {
  expect(solve(b, { maxIterations: 2 })).toMatchObject({ status: 'max-iterations', iterations: 2 })
})
