import { expect, test } from 'vitest'
import { rowOf } from '../../src/math/matrix.ts'
import { type Measure, microF1, rSquared } from '../../src/method/fit/measures.ts'
import { arrayFixture } from './fixtures.ts'

function measured(measure: Measure, logits: readonly number[][], labels: readonly number[][]): number | null {
  for (const [i, row] of logits.entries()) measure.add(row, labels[i])
  return measure.value()
}

test.each([
  ['sigmoid', () => microF1()],
  ['identity', (c: number) => rSquared(c)],
])('the measure of %s outputs is what scikit-learn computes', async (name, make) => {
  const arrays = await arrayFixture(`measures/${name}`)
  const [logits, labels] = [arrays.matrix('logits'), arrays.matrix('labels')]
  const measure = make(labels.cols)
  for (let i = 0; i < labels.rows; i++) measure.add(rowOf(logits, i), rowOf(labels, i))
  expect(measure.value()).toBeCloseTo(arrays.number('measure'), 10)
})

test('F1 is 1 where all is said, 0 where nothing is said right, and nothing where there is nothing to say', () => {
  expect(measured(microF1(), [[3, -1]], [[1, 0]])).toBe(1)
  expect(measured(microF1(), [[-3, 1]], [[1, 0]])).toBe(0)
  expect(measured(microF1(), [[-3, -1]], [[0, 0]])).toBe(null)
})

test('R² is 1 of the labels themselves, 0 of their mean, and nothing of one example', () => {
  const labels = [[1], [2], [6]]
  expect(measured(rSquared(1), labels, labels)).toBe(1)
  expect(measured(rSquared(1), [[3], [3], [3]], labels)).toBeCloseTo(0, 12)
  expect(measured(rSquared(1), [[1]], [[1]])).toBe(null)
  // Labels that never vary are hit or not.
  expect([
    measured(rSquared(1), [[5], [5]], [[5], [5]]),
    measured(rSquared(1), [[5], [4]], [[5], [5]]),
  ]).toEqual([1, 0])
})
