import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { classTotals, largestShare, orderClasses, shownClasses } from '../../../web/src/mistakes/matrix.ts'
import { moved } from '../../../web/src/mistakes/roving.ts'

const counts = fc
  .integer({ min: 1, max: 8 })
  .chain(c => fc.array(fc.array(fc.nat(50), { minLength: c, maxLength: c }), { minLength: c, maxLength: c }))

describe('totals of a confusion matrix', () => {
  test('count every mistake once by its label and once by its prediction', () => {
    fc.assert(
      fc.property(counts, counts => {
        const totals = classTotals(counts)
        const sum = (of: 'n' | 'mistakes' | 'taken') => totals.reduce((total, one) => total + one[of], 0)
        expect(sum('n')).toBe(counts.flat().reduce((a, b) => a + b, 0))
        expect(sum('mistakes')).toBe(sum('taken'))
        expect(sum('n') - sum('mistakes')).toBe(counts.reduce((total, row, i) => total + row[i], 0))
      }),
    )
  })

  test('order classes by their share of mistakes, those without examples last', () => {
    const totals = classTotals([
      [90, 10, 0],
      [1, 1, 0],
      [0, 0, 0],
    ])
    expect(orderClasses(totals, 'class').map(one => one.class)).toEqual([0, 1, 2])
    expect(orderClasses(totals, 'error').map(one => one.class)).toEqual([1, 0, 2])
  })

  test('show all classes where they fit, else those with most mistakes in the asked order', () => {
    fc.assert(
      fc.property(counts, fc.integer({ min: 1, max: 8 }), (counts, most) => {
        const totals = classTotals(counts)
        const shown = shownClasses(totals, 'class', most)
        expect(shown.length).toBe(Math.min(most, totals.length))
        const least = Math.min(...shown.map(one => one.mistakes + one.taken))
        for (const left of totals.filter(one => !shown.includes(one))) {
          expect(left.mistakes + left.taken).toBeLessThanOrEqual(least)
        }
        expect(shown.map(one => one.class)).toEqual(shown.map(one => one.class).sort((a, b) => a - b))
      }),
    )
  })

  test('have the largest share of mistakes, which is not the diagonal', () => {
    const matrix = [
      [99, 1, 0],
      [0, 3, 1],
      [0, 0, 0],
    ]
    expect(largestShare(matrix, classTotals(matrix))).toBe(0.25)
  })
})

describe('keys in a table', () => {
  const size = { rows: 4, columns: 4 }
  const press = (key: string, ctrlKey = false) => ({ key, ctrlKey, metaKey: false })

  test('move by one, and not over an edge or onto the empty corner', () => {
    expect(moved({ row: 1, column: 1 }, press('ArrowUp'), size)).toEqual({ row: 0, column: 1 })
    expect(moved({ row: 0, column: 1 }, press('ArrowUp'), size)).toEqual({ row: 0, column: 1 })
    expect(moved({ row: 0, column: 1 }, press('ArrowLeft'), size)).toEqual({ row: 0, column: 1 })
    expect(moved({ row: 3, column: 3 }, press('ArrowRight'), size)).toEqual({ row: 3, column: 3 })
  })

  test('go to the ends of the row, and with control to the corners', () => {
    expect(moved({ row: 2, column: 2 }, press('Home'), size)).toEqual({ row: 2, column: 0 })
    expect(moved({ row: 2, column: 2 }, press('End'), size)).toEqual({ row: 2, column: 3 })
    expect(moved({ row: 2, column: 2 }, press('Home', true), size)).toEqual({ row: 1, column: 1 })
    expect(moved({ row: 2, column: 2 }, press('End', true), size)).toEqual({ row: 3, column: 3 })
  })

  test('other than these move nothing', () => {
    for (const key of ['a', 'Enter', 'Tab', 'toString']) {
      expect(moved({ row: 1, column: 1 }, press(key), size)).toBe(null)
    }
  })

  test('never leave the table', () => {
    const cell = fc
      .record({ row: fc.nat(3), column: fc.nat(3) })
      .filter(({ row, column }) => row + column > 0)
    const key = fc.constantFrom('ArrowUp', 'ArrowDown', 'ArrowLeft', 'ArrowRight', 'Home', 'End')
    fc.assert(
      fc.property(cell, key, fc.boolean(), (from, key, far) => {
        const to = moved(from, press(key, far), size)
        expect(to).not.toBe(null)
        expect(to && to.row >= 0 && to.row < 4 && to.column >= 0 && to.column < 4).toBe(true)
        expect(to && to.row + to.column > 0).toBe(true)
      }),
    )
  })
})
