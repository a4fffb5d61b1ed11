import fc from 'fast-check'
import { expect, test } from 'vitest'
import { classSums, roundedToSum } from '../../src/views/class-sums.ts'
import { bareExplanation, explanation } from './made-up.ts'
import { readHtml } from './well-formed.ts'

const anyValue = fc.double({ min: -50, max: 50, noNaN: true })

/** From what no one sees to what has its own row. */
const anyGap = fc.double({ min: -0.002, max: 0.002, noNaN: true })

const sumOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0)

/** The printed numbers of each row, in millionths; the sum after the classes. */
function printedNumbers(html: string): number[] {
  const cells = [...html.matchAll(/<td class="number">([^<]*)<\/td>/g)]
  return cells.map(([, text]) => Math.round(1e6 * Number(text.replace('−', '-').replaceAll(',', ''))))
}

test('the printed sums of the classes add up to the printed logit', () => {
  fc.assert(
    fc.property(fc.array(anyValue, { minLength: 1, maxLength: 40 }), anyGap, (values, gap) => {
      const byClass = values.map((value, j) => ({ name: `class ${j}`, value }))
      const logit = sumOf(values) + gap
      const html = classSums({ ...explanation(), byClass, logit }).toString()
      readHtml(html)
      const numbers = printedNumbers(html)
      const parts = Math.min(values.length, 24)
      expect(numbers.length - parts).toBe(html.includes('missed by') ? 2 : 1)
      expect(sumOf(numbers.slice(0, parts))).toBe(numbers[parts])
    }),
  )
})

test('rounding moves each value by less than one unit of its last digit', () => {
  fc.assert(
    fc.property(fc.array(anyValue), fc.double({ min: -0.0004, max: 0.0004, noNaN: true }), (values, gap) => {
      roundedToSum(values, sumOf(values) + gap, 3).forEach((rounded, i) => {
        expect(Math.abs(rounded - values[i])).toBeLessThan(0.001 + 1e-9)
      })
    }),
  )
})

test('a completeness gap that is large enough to be seen has its row', () => {
  const view = explanation()
  const html = classSums({ ...view, logit: view.logit + 0.02 }).toString()
  expect(html).toMatch(/missed by 0\.0[23], the completeness gap/)
  expect(classSums(view).toString()).toContain('Sum = logit')
})

test('more classes than fit are added up in one row', () => {
  const byClass = Array.from({ length: 1000 }, (_, j) => ({ name: `class ${j}`, value: Math.sin(j) }))
  const html = classSums({ ...bareExplanation, byClass }).toString()
  expect(html).toContain('977 others')
})
