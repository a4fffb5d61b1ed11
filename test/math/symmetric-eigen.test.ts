import { describe, expect, test } from 'vitest'
import { dot, type Matrix, rowOf, zeros } from '../../src/math/matrix.ts'
import { randomNormal } from '../../src/math/random.ts'
import { type Eigen, symmetricEigen } from '../../src/math/symmetric-eigen.ts'

function symmetric(n: number, rank: number, seed: number): Matrix<Float64Array> {
  const normal = randomNormal(seed)
  const factor = Float64Array.from({ length: n * rank }, normal)
  const out = zeros(n, n)
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < n; k++) {
      out.data[i * n + k] = dot(
        factor.subarray(i * rank, (i + 1) * rank),
        factor.subarray(k * rank, (k + 1) * rank),
      )
    }
  }
  return out
}

function eigenOf(matrix: Matrix<Float64Array>): Eigen {
  const work = symmetricEigen(matrix)
  let piece = work.next()
  while (!piece.done) piece = work.next()
  return piece.value
}

describe.each([
  ['of any sizes', symmetric(30, 40, 1)],
  ['of low rank', symmetric(30, 4, 2)],
  ['of two rows', symmetric(2, 3, 3)],
  ['of one row', symmetric(1, 1, 4)],
  ['that is zero', zeros(5, 5)],
  ['with repeated values', { rows: 3, cols: 3, data: Float64Array.of(2, 0, 0, 0, 2, 0, 0, 0, -1) }],
])('eigenvectors of a matrix %s', (_, matrix) => {
  const { values, vectors } = eigenOf(matrix)

  test('are orthonormal', () => {
    for (let a = 0; a < matrix.rows; a++) {
      for (let b = 0; b < matrix.rows; b++) {
        expect(dot(rowOf(vectors, a), rowOf(vectors, b))).toBeCloseTo(Number(a === b), 12)
      }
    }
  })

  test('are scaled by the matrix', () => {
    for (let b = 0; b < matrix.rows; b++) {
      for (let i = 0; i < matrix.rows; i++) {
        expect(dot(rowOf(matrix, i), rowOf(vectors, b))).toBeCloseTo(values[b] * rowOf(vectors, b)[i], 10)
      }
    }
  })
})
