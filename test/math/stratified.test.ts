import fc from 'fast-check'
import { expect, test } from 'vitest'
import { stratifiedRows } from '../../src/math/stratified.ts'

const groups = fc.array(fc.nat(5), { minLength: 1, maxLength: 200 })

test('each group keeps its share to within one row', () => {
  fc.assert(
    fc.property(groups, fc.integer({ min: 1, max: 250 }), (groups, count) => {
      const rows = stratifiedRows(groups, count)
      const taken = Math.min(count, groups.length)
      expect(rows).toHaveLength(taken)
      for (let group = 0; group <= 5; group++) {
        const all = groups.filter(g => g === group).length
        const kept = rows.filter(row => groups[row] === group).length
        expect(Math.abs(kept - (all * taken) / groups.length)).toBeLessThanOrEqual(1)
      }
    }),
  )
})

test('rows are different ones, and increase', () => {
  fc.assert(
    fc.property(groups, fc.integer({ min: 1, max: 250 }), (groups, count) => {
      const rows = Array.from(stratifiedRows(groups, count))
      for (const [k, row] of rows.entries()) expect(row).toBeGreaterThan(k === 0 ? -1 : rows[k - 1])
    }),
  )
})

test('not the first rows: a group that comes last is there too', () => {
  const rows = stratifiedRows([...new Array(900).fill(0), ...new Array(100).fill(1)], 10)
  expect(rows.filter(row => row >= 900)).toHaveLength(1)
  expect(rows[0]).toBeGreaterThan(10)
})
