import { expect, test } from 'vitest'
import { random, randomNormal } from '../../src/math/random.ts'

const draw = (next: () => number, count: number): number[] => Array.from({ length: count }, next)
const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length

test.each([random, randomNormal])('the same seed gives the same numbers, another seed others', make => {
  expect(draw(make(42), 100)).toEqual(draw(make(42), 100))
  expect(draw(make(42), 100)).not.toEqual(draw(make(43), 100))
  expect(new Set(draw(make(42), 1000)).size).toBeGreaterThan(990)
})

test.each([0, 1, 2, 2 ** 31, 2 ** 32 - 1])('uniform numbers fill [0, 1) evenly from seed %i', seed => {
  const values = draw(random(seed), 20_000)
  expect(Math.min(...values)).toBeGreaterThanOrEqual(0)
  expect(Math.max(...values)).toBeLessThan(1)
  const counts = new Array(20).fill(0)
  for (const value of values) counts[Math.floor(20 * value)]++
  // Chi-square with 19 degrees of freedom is above 60 once in 300,000 times.
  expect(counts.reduce((sum, count) => sum + (count - 1000) ** 2 / 1000, 0)).toBeLessThan(60)
  // One number does not tell the next.
  const pairs = values.slice(1).map((value, i) => (value - 0.5) * (values[i] - 0.5) * 12)
  expect(Math.abs(mean(pairs))).toBeLessThan(0.04)
})

test('normal numbers have mean 0, variance 1 and the tails of a normal', () => {
  const values = draw(randomNormal(1), 20_000)
  expect(Math.abs(mean(values))).toBeLessThan(0.04)
  expect(Math.abs(mean(values.map(x => x * x)) - 1)).toBeLessThan(0.06)
  expect(Math.abs(mean(values.map(x => x ** 3)))).toBeLessThan(0.15)
  expect(Math.abs(mean(values.map(x => Number(Math.abs(x) > 1.96))) - 0.05)).toBeLessThan(0.01)
  expect(values.every(Number.isFinite)).toBe(true)
})
