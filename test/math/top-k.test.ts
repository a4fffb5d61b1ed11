import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { TopK } from '../../src/math/top-k.ts'

/** Scores with many ties, at rows in any order. */
const anyStream = fc
  .array(fc.oneof(fc.integer({ min: -3, max: 3 }), fc.double({ noNaN: true })), { maxLength: 60 })
  .chain(scores =>
    fc.record({
      offers: fc.shuffledSubarray(
        scores.map((score, row) => ({ row, score })),
        { minLength: scores.length },
      ),
      k: fc.oneof(fc.nat(8), fc.constant(100)),
    }),
  )

describe('the k best of a stream', () => {
  test('are the first k of the sorted stream, ties by the smaller row, in whatever order they come', () => {
    fc.assert(
      fc.property(anyStream, ({ offers, k }) => {
        const top = new TopK(k)
        for (const { score, row } of offers) top.offer(score, row)
        const sorted = [...offers].sort((a, b) => b.score - a.score || a.row - b.row)
        expect(top.best()).toEqual(sorted.slice(0, k))
        expect(top.size).toBe(Math.min(k, offers.length))
      }),
      { numRuns: 3000, seed: 1 },
    )
  })

  test('have a worst score at every moment, and none while there is room', () => {
    fc.assert(
      fc.property(anyStream, ({ offers, k }) => {
        const top = new TopK(k)
        const scores: number[] = []
        for (const { score, row } of offers) {
          top.offer(score, row)
          scores.push(score)
          const kept = [...scores].sort((a, b) => b - a)
          const expected =
            scores.length < k ? Number.NEGATIVE_INFINITY : (kept[k - 1] ?? Number.POSITIVE_INFINITY)
          expect(top.threshold === expected, `${top.threshold} for ${expected}`).toBe(true)
        }
      }),
      { numRuns: 500, seed: 2 },
    )
  })

  test('are none where k is 0, and nothing is wanted', () => {
    const top = new TopK(0)
    expect(top.threshold).toBe(Number.POSITIVE_INFINITY)
    top.offer(5, 1)
    expect(top.best()).toEqual([])
  })

  test('can be asked for in between without being lost', () => {
    const top = new TopK(2)
    top.offer(1, 7)
    expect(top.best()).toEqual([{ row: 7, score: 1 }])
    top.offer(2, 8)
    top.offer(1, 3)
    expect(top.best()).toEqual([
      { row: 8, score: 2 },
      { row: 3, score: 1 },
    ])
    expect(top.best()).toEqual(top.best())
  })

  test('may stand at rows up to the largest 32-bit number', () => {
    const top = new TopK(1)
    top.offer(1, 2 ** 32 - 1)
    expect(top.best()).toEqual([{ row: 2 ** 32 - 1, score: 1 }])
  })
})
