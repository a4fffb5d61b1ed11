import { expect, test } from 'vitest'
import { goesFar, linearTicks, logTicks } from '../../src/views/chart/ticks.ts'

test('numbers of an axis are powers of ten where written out they would meet', () => {
  expect(goesFar(logTicks(0.001, 1000))).toBe(false)
  expect(goesFar(logTicks(1e-7, 0.1))).toBe(true)
  expect(goesFar(logTicks(1, 1e6))).toBe(true)
})

test('ticks are round, within the range, and about as many as were wanted', () => {
  for (const [from, to] of [
    [0, 1],
    [-12.4, 31],
    [0, 1603],
    [0.001, 0.0017],
  ]) {
    const ticks = linearTicks(from, to)
    expect(ticks.length).toBeGreaterThanOrEqual(3)
    expect(ticks.length).toBeLessThanOrEqual(7)
    expect(Math.min(...ticks)).toBeGreaterThanOrEqual(from)
    expect(Math.max(...ticks)).toBeLessThanOrEqual(to)
  }
  expect(logTicks(1e-9, 1e6).length).toBeLessThanOrEqual(6)
})
