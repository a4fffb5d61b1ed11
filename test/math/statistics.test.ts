import { describe, expect, test } from 'vitest'
import { Correlation } from '../../src/math/statistics.ts'
import { lines } from './convex-problems.ts'

function correlationOf(x: readonly number[], y: readonly number[]): number {
  const correlation = new Correlation()
  x.forEach((xi, i) => {
    correlation.add(xi, y[i])
  })
  return correlation.value
}

describe('Pearson’s correlation is numpy.corrcoef', () => {
  const cases = lines<{ name: string; x: number[]; y: number[]; pearson: number }>('correlation.jsonl')

  test.each(cases)('$name', ({ x, y, pearson }) => {
    expect(Math.abs(correlationOf(x, y) - pearson)).toBeLessThan(1e-9)
    expect(correlationOf(y, x)).toBeCloseTo(correlationOf(x, y), 11)
  })

  test('and does not see shifts and scales of either side', () => {
    const { x, y, pearson } = cases[0]
    expect(
      correlationOf(
        x.map(v => 3 * v + 5),
        y.map(v => 0.1 * v - 2),
      ),
    ).toBeCloseTo(pearson, 12)
    expect(
      correlationOf(
        x.map(v => -v),
        y,
      ),
    ).toBeCloseTo(-pearson, 12)
  })
})

test('there is no correlation with what does not vary', () => {
  expect(correlationOf([1, 2, 3], [4, 4, 4])).toBeNaN()
  expect(correlationOf([], [])).toBeNaN()
})
