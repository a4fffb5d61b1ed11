import { describe, expect, test } from 'vitest'
import { memoryRows, type Rows } from '../../src/math/rows.ts'
import { blockRows, pairedBlocks } from '../../src/method/head/blocks.ts'
import { normalMatrix } from './problems.ts'

describe('the rows of two matrices', () => {
  test('come in pairs, every row once', async () => {
    const [a, b] = [normalMatrix(10, 2, 1), normalMatrix(10, 3, 2)]
    const starts: number[] = []
    for await (const { start, a: left, b: right } of pairedBlocks(memoryRows(a), memoryRows(b), 4)) {
      starts.push(start)
      expect(left.data).toEqual(a.data.subarray(2 * start, 2 * (start + left.rows)))
      expect(right.data).toEqual(b.data.subarray(3 * start, 3 * (start + right.rows)))
      expect(right.rows).toBe(left.rows)
    }
    expect(starts).toEqual([0, 4, 8])
  })

  test('are let go when reading stops early, both of them', async () => {
    const closed: string[] = []
    const watched = (name: string, seed: number): Rows => {
      const rows = memoryRows(normalMatrix(10, 2, seed))
      return {
        ...rows,
        async *blocks(size) {
          try {
            yield* rows.blocks(size)
          } finally {
            closed.push(name)
          }
        },
      }
    }
    for await (const _ of pairedBlocks(watched('a', 1), watched('b', 2), 4)) break
    expect(closed.sort()).toEqual(['a', 'b'])
  })

  test('of which one ends early are a bug, and said to be', async () => {
    const read = async () => {
      for await (const _ of pairedBlocks(
        memoryRows(normalMatrix(10, 2, 1)),
        memoryRows(normalMatrix(8, 2, 2)),
        4,
      ));
    }
    await expect(read()).rejects.toThrow('paired rows: 10 and 8 rows part at 8')
  })
})

test('a block holds about a million numbers, at least 256 rows and at most 8192', () => {
  for (const width of [1, 100, 512, 3000, 4096, 1e6]) {
    const rows = blockRows(width)
    expect(rows).toBeGreaterThanOrEqual(256)
    expect(rows).toBeLessThanOrEqual(8192)
    if (rows > 256) expect(rows * width).toBeLessThanOrEqual(2 ** 20)
  }
  expect(blockRows(512)).toBe(2048)
})
