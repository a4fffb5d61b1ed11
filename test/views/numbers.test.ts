import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  bound,
  brief,
  count,
  decimalsFor,
  fixed,
  percent,
  seconds,
  signed,
  significant,
} from '../../src/views/numbers.ts'

test.each([
  [fixed(-1234.5, 2), '−1,234.50'],
  [fixed(-0.0001, 2), '0.00'],
  [signed(0.0512, 4), '+0.0512'],
  [signed(-0.0512, 3), '−0.051'],
  [signed(-0.00001, 3), '0.000'],
  [significant(94.321), '94.3'],
  [significant(-0.002777), '−0.00278'],
  [significant(1.2e-9), '1.20 × 10⁻⁹'],
  [significant(0), '0.00'],
  [brief(0.003), '0.003'],
  [brief(1e-6), '1 × 10⁻⁶'],
  [bound(0.0000261), '0.00003'],
  [bound(2.1e-12), '3 × 10⁻¹²'],
  [bound(0), '0'],
  [count(60000), '60,000'],
  [percent(0.0341), '3.4\u00a0%'],
  [seconds(0.654), '0.65\u00a0s'],
  [seconds(12.31), '12.3\u00a0s'],
  [fixed(Number.NaN, 2), '–'],
  [percent(Number.POSITIVE_INFINITY), '–'],
])('%s', (printed, expected) => {
  expect(printed).toBe(expected)
})

test('a bound is never printed smaller than it is', () => {
  fc.assert(
    fc.property(fc.double({ min: 1e-7, max: 1e6, noNaN: true }), x => {
      expect(Number(bound(x).replaceAll(',', ''))).toBeGreaterThanOrEqual(x)
    }),
  )
})

test('the decimals show three digits of the largest value and one of the smallest', () => {
  expect(decimalsFor([0.0512, -0.031])).toBe(4)
  expect(decimalsFor([12.3, 0.0004])).toBe(4)
  expect(decimalsFor([1234])).toBe(0)
  expect(decimalsFor([0, Number.NaN])).toBe(2)
})
