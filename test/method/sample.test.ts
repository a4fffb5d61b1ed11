import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { rowsBySize, sampledRows } from '../../src/method/fit/sample.ts'

test('as many rows as asked for, or all, each once and in order', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 500 }), fc.integer({ min: 1, max: 600 }), (n, count) => {
      const rows = [...sampledRows(n, count)]
      expect(rows).toHaveLength(Math.min(n, count))
      expect(rows.every((row, k) => row < n && (k === 0 || row > rows[k - 1]))).toBe(true)
      if (count >= n) expect(rows).toEqual(Array.from({ length: n }, (_, row) => row))
    }),
  )
})

test('data that goes round in a period, or is sorted, is met in all its parts', () => {
  const [n, classes] = [5000, 10]
  for (const classOf of [(row: number) => row % classes, (row: number) => Math.floor((row * classes) / n)]) {
    const counts = new Uint32Array(classes)
    for (const row of sampledRows(n, 500)) counts[classOf(row)]++
    for (const count of counts) expect(count).toBeGreaterThan(25)
  }
})

describe('rows by size', () => {
  const [n, count] = [4000, 400]
  /** From nothing to a thousand times the usual. */
  const sizes = fc
    .array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: n, maxLength: n })
    .map(us => Float64Array.from(us, u => Math.max(0, u ** -0.5 - 1.1)).map(size => Math.min(size, 1000)))

  test('stand for all: weighted sums are those over all rows', () => {
    fc.assert(
      fc.property(sizes, sizes => {
        const { rows, weights } = rowsBySize(sizes, count)
        expect(rows.length).toBeLessThanOrEqual(count + 1)
        const scale = n / rows.length
        const sums = [0, 0]
        rows.forEach((row, k) => {
          sums[0] += scale * weights[k]
          sums[1] += scale * weights[k] * sizes[row]
        })
        expect(Math.abs(sums[0] / n - 1)).toBeLessThan(0.5)
        const all = sizes.reduce((sum, size) => sum + size, 0)
        expect(Math.abs(sums[1] - all)).toBeLessThan(0.05 * all + 1e-9)
      }),
      { numRuns: 20 },
    )
  })

  test('are those that matter, each once and in order, where few do', () => {
    const sizes = Float64Array.from({ length: n }, (_, i) => (i % 40 === 7 ? 1 : 0))
    const { rows, weights } = rowsBySize(sizes, count)
    const large = [...rows].filter(row => sizes[row] > 0)
    expect(large).toHaveLength(n / 40)
    expect(rows.every((row, k) => k === 0 || row > rows[k - 1])).toBe(true)
    const weightOf = (row: number) => (weights[rows.indexOf(row)] * n) / rows.length
    expect(weightOf(7)).toBeCloseTo(1, 5)
  })

  test('are all rows where as many are asked for', () => {
    const { rows, weights } = rowsBySize([3, 0, 1], 3)
    expect([[...rows], [...weights]]).toEqual([
      [0, 1, 2],
      [1, 1, 1],
    ])
    expect(rowsBySize(new Float64Array(1000), 100).rows.length).toBe(100)
  })
})
