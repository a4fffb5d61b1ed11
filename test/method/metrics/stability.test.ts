import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { columnSpearman, spearman } from '../../../src/method/metrics/correlation.ts'
import { meanOverlap, meanRankCorrelation, topOverlap } from '../../../src/method/metrics/stability.ts'
import { map, normalMatrix } from '../problems.ts'

const lists = fc.uniqueArray(fc.nat(20), { minLength: 1, maxLength: 10 })

describe('the overlap of top lists', () => {
  test('is 1 of a list with itself in any order, the same from both sides, and between 0 and 1', () => {
    fc.assert(
      fc.property(lists, lists, (a, b) => {
        expect(topOverlap(a, a.toReversed())).toBe(1)
        expect(topOverlap(a, b)).toBe(topOverlap(b, a))
        expect(topOverlap(a, b)).toBeGreaterThanOrEqual(0)
        expect(topOverlap(a, b)).toBeLessThanOrEqual(1)
        expect(
          topOverlap(
            a,
            b.map(row => row + 100),
          ),
        ).toBe(0)
      }),
    )
  })

  test('counts what the longer list has alone, and knows nothing of two that are empty', () => {
    expect(topOverlap([1, 2, 3, 4], [4, 1])).toBe(0.5)
    expect(topOverlap([1, 2], [])).toBe(0)
    expect(topOverlap([], [])).toBe(Number.NaN)
    expect(meanOverlap([[1, 2], [], [5]], [[2, 3], [], [5]])).toBe(0.75)
    expect(meanOverlap([[]], [[]])).toBe(Number.NaN)
  })
})

describe('rank correlation of values', () => {
  const values = normalMatrix(30, 4, 3)

  test('is 1 with what orders alike, −1 with what orders the other way, and by column otherwise', () => {
    const bent = map(values, x => Math.exp(3 * x))
    expect(meanRankCorrelation(values, bent)).toBeCloseTo(1, 12)
    expect(
      meanRankCorrelation(
        values,
        map(bent, x => -x),
      ),
    ).toBeCloseTo(-1, 12)
    const other = normalMatrix(30, 4, 8)
    const column = (of: typeof values, t: number) => Array.from({ length: 30 }, (_, i) => of.data[i * 4 + t])
    const each = [0, 1, 2, 3].map(t => spearman(column(values, t), column(other, t)))
    expect([...columnSpearman(values, other)]).toEqual(each)
    expect(meanRankCorrelation(values, other)).toBeCloseTo(each.reduce((a, b) => a + b) / 4, 12)
  })

  test('leaves test points out for which nothing is ordered', () => {
    const flat = map(values, x => x)
    for (let i = 0; i < 30; i++) flat.data[i * 4 + 1] = 7
    expect(meanRankCorrelation(values, flat)).toBeCloseTo(1, 12)
  })
})
