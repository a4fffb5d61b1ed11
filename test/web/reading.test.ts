import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { duplicatesOf, fewOf, inBoth, runningSums, scaleOf, termsOf } from '../../web/src/explain/reading.ts'
import type { Entry, Explanation } from '../../web/src/view/view.ts'

const entry = (row: number, value: number, similarity = row + 0.5): Entry => ({
  row,
  id: `train/${row}`,
  label: null,
  labelValue: null,
  predicted: 0,
  value,
  alpha: value / similarity,
  similarity,
})

const explanation = (excitatory: Entry[], inhibitory: Entry[], logit: number, bias = 0): Explanation => ({
  input: 'x',
  output: 0,
  contrast: null,
  label: null,
  labelValue: null,
  predicted: 0,
  givenLogit: null,
  logit,
  bias,
  fittedPrediction: 0,
  covered: null,
  byClass: [],
  completenessGap: 0,
  read: 0,
  excitatory,
  inhibitory,
})

const value = fc.double({ min: 0.001, max: 100, noNaN: true })

describe('the terms of a logit', () => {
  test('are printed so that they add up to the printed logit, whatever the rounding', () => {
    fc.assert(
      fc.property(
        fc.array(value, { maxLength: 10 }),
        fc.array(value, { maxLength: 10 }),
        fc.double({ min: -50, max: 50, noNaN: true }),
        fc.constantFrom(0, 1.23456),
        (up, down, logit, bias) => {
          const shown = explanation(
            up.map((v, i) => entry(i, v)),
            down.map((v, i) => entry(100 + i, -v)),
            logit,
            bias,
          )
          const terms = termsOf(shown, 1000, 3)
          const sum = terms.reduce((total, { printed }) => total + printed, 0)
          expect(sum).toBeCloseTo(Number(logit.toFixed(3)), 8)
          for (const term of terms) expect(Math.abs(term.printed - term.value)).toBeLessThan(0.003)
        },
      ),
    )
  })

  test('have the shown sums as they stand above them, and no others where all are shown', () => {
    const shown = explanation([entry(0, 2.0004), entry(1, 1.0004)], [entry(2, -1)], 2.0008)
    expect(termsOf(shown, 10, 3).map(({ name, printed }) => [name, printed])).toEqual([
      ['2 excitatory shown', 3.001],
      ['1 inhibitory shown', -1],
      ['others', 0],
    ])
    expect(termsOf(shown, 3, 3).map(({ name }) => name)).toEqual(['2 excitatory shown', '1 inhibitory shown'])
  })
})

test('running sums end in the sum', () => {
  expect(runningSums([entry(0, 3), entry(1, 2), entry(2, 0.5)])).toEqual([3, 5, 5.5])
})

test('one scale holds all bars of both explanations', () => {
  const a = explanation([entry(0, 1)], [entry(1, -4)], 0)
  const b = explanation([entry(2, 3)], [], 0)
  expect(scaleOf([a])).toBe(4)
  expect(scaleOf([b, a])).toBe(4)
  expect(scaleOf([explanation([], [], 0)])).toBe(0)
})

test('duplicates are those of the same similarity, named by the first', () => {
  const shown = explanation([entry(5, 2, 7), entry(6, 1, 8)], [entry(7, -1, 7), entry(8, -0.5, 7)], 0)
  expect([...duplicatesOf(shown)]).toEqual([
    [7, 5],
    [8, 5],
  ])
})

test('what stands in both does so whatever its sign', () => {
  const a = explanation([entry(1, 1), entry(2, 1)], [], 0)
  const b = explanation([entry(3, 1)], [entry(2, -1)], 0)
  expect([...inBoth(a, b)]).toEqual([2])
})

test('of many terms the largest are shown, the open one too, and none is lost', () => {
  const values = [0.1, -5, 3, 0, -0.2, 4]
  expect(fewOf(values, null, -1)).toEqual({ shown: [0, 1, 2, 3, 4, 5], others: [] })
  expect(fewOf(values, 2, -1)).toEqual({ shown: [1, 5], others: [2, 4, 0, 3] })
  expect(fewOf(values, 2, 3)).toEqual({ shown: [1, 5, 3], others: [2, 4, 0] })
  expect(fewOf(values, 9, 0).others).toEqual([])
})
