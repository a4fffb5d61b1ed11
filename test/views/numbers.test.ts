import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
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

describe('numbers are printed as Intl prints them', () => {
  const printers: [string, (x: number) => string, Intl.NumberFormatOptions][] = [
    [
      'fixed',
      x => fixed(x, 3),
      { minimumFractionDigits: 3, maximumFractionDigits: 3, signDisplay: 'negative' },
    ],
    [
      'signed',
      x => signed(x, 2),
      { minimumFractionDigits: 2, maximumFractionDigits: 2, signDisplay: 'exceptZero' },
    ],
    ['count', count, { maximumFractionDigits: 0, signDisplay: 'negative' }],
    ['significant', significant, { minimumSignificantDigits: 3, maximumSignificantDigits: 3 }],
    ['brief', brief, { maximumSignificantDigits: 6 }],
    ['bound', bound, { maximumSignificantDigits: 1, roundingMode: 'expand' } as Intl.NumberFormatOptions],
  ]

  /** Numbers with nine digits are never halfway between two that are printed, in binary or in decimal. */
  const number = fc
    .tuple(fc.integer({ min: 0, max: 99_999_999 }), fc.integer({ min: -12, max: 0 }), fc.constantFrom(1, -1))
    .map(([digits, power, sign]) => sign * Number(`${10 * digits + 1}e${power}`))
    .filter(x => Math.abs(x) >= 1e-5)

  test.each(printers)('%s', (name, print, options) => {
    const oracle = new Intl.NumberFormat('en-US', options)
    fc.assert(
      fc.property(number, x => {
        const value = name === 'bound' ? Math.abs(x) : x
        expect(print(value)).toBe(oracle.format(value).replace('-', '\u2212'))
      }),
      { numRuns: 2000 },
    )
  })

  test('so large that doubles are whole', () => {
    expect(fixed(-1.5e22, 1)).toBe('−15,000,000,000,000,000,000,000.0')
  })
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
