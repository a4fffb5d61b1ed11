import fc from 'fast-check'
import { expect, test } from 'vitest'
import { sampledRows } from '../../src/method/sample.ts'

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
