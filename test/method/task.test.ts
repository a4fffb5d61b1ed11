import { expect, test } from 'vitest'
import { decideRows, decisionOf, type Task } from '../../src/method/head/task.ts'

test('one output of two classes is decided by the side of 0 that it is on, as σ > ½', () => {
  const decide = decisionOf('classification')
  expect([-2, -1e-9, 0, 1e-9, 2].map(x => decide([x]))).toEqual([0, 0, 0, 1, 1])
  expect(decide([1, 3, 2])).toBe(1)
})

test.each<Task>(['multi-label', 'regression', 'units'])('of %s the largest output is named', task => {
  expect(decideRows({ rows: 2, cols: 1, data: Float32Array.of(5, -5) }, task)).toEqual(Int32Array.of(0, 0))
  expect(decideRows({ rows: 2, cols: 2, data: Float32Array.of(1, 2, 4, 3) }, task)).toEqual(
    Int32Array.of(1, 0),
  )
})
