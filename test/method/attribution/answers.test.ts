import { describe, expect, test } from 'vitest'
import { zeros } from '../../../src/math/matrix.ts'
import { randomNormal } from '../../../src/math/random.ts'
import {
  type Collector,
  collect,
  topValues,
  trainingScores,
  valuesOfRows,
  valuesOfSets,
} from '../../../src/method/attribution/answers.ts'
import type { Attribution, TestPoint } from '../../../src/method/attribution/attribution.ts'

const [N, M] = [50, 7]
const normal = randomNormal(3)
/** Quantised, so that there are ties. */
const VALUES = Array.from({ length: N }, () => Array.from({ length: M }, () => Math.round(4 * normal()) / 4))
const points: TestPoint[] = Array.from({ length: M }, () => ({ features: [], output: 0 }))

/** Those values, in blocks of `rows` examples and `width` points. */
function given(rows: number, width: number): Attribution {
  return {
    async *values(asked) {
      for (let point = 0; point < asked.length; point += width) {
        for (let start = 0; start < N; start += rows) {
          const values = zeros(Math.min(rows, N - start), Math.min(width, asked.length - point))
          values.data.set(
            VALUES.slice(start, start + rows).flatMap(row => row.slice(point, point + values.cols)),
          )
          yield { start, point, values }
        }
      }
    },
    release: async () => undefined,
  }
}

describe.each([
  [50, 7],
  [8, 3],
  [1, 1],
])('in blocks of %i examples and %i points', (rows, width) => {
  const attribution = given(rows, width)

  test('the ends are those of a sorted list, with ties to the smaller row', async () => {
    const ends = await topValues(attribution, points, 6)
    for (const [t, { highest, lowest }] of ends.entries()) {
      const all = VALUES.map((row, i) => ({ row: i, score: row[t] }))
      const down = all.toSorted((a, b) => b.score - a.score || a.row - b.row).slice(0, 6)
      const up = all.toSorted((a, b) => a.score - b.score || a.row - b.row).slice(0, 6)
      expect(highest).toEqual(down)
      expect(lowest.map(({ row, score }) => ({ row, score: score + 0 }))).toEqual(up)
    }
  })

  test('scores are sums over the points', async () => {
    const scores = await trainingScores(attribution, points, N)
    VALUES.forEach((row, i) => {
      expect(scores[i]).toBeCloseTo(
        row.reduce((sum, x) => sum + x, 0),
        12,
      )
    })
  })

  test('values of some rows stand in the order asked for, also twice', async () => {
    const wanted = [9, 0, 49, 9]
    const found = await valuesOfRows(attribution, points, wanted)
    expect([...found.data]).toEqual(wanted.flatMap(i => VALUES[i]))
  })

  test('values of sets are summed over each', async () => {
    const sets = [[1, 2, 3], [], [3, 40]]
    const found = await valuesOfSets(attribution, points, sets)
    sets.forEach((set, s) => {
      for (let t = 0; t < M; t++) {
        const sum = set.reduce((total, i) => total + VALUES[i][t], 0)
        expect(found.data[s * M + t]).toBeCloseTo(sum, 12)
      }
    })
  })
})

test('a stop is heard before the next block', async () => {
  const controller = new AbortController()
  const seen = new Set<number>()
  const stopping: Collector<null> = {
    take(row) {
      seen.add(row)
      controller.abort()
    },
    answer: () => null,
  }
  await expect(collect(given(8, M), points, [stopping], { signal: controller.signal })).rejects.toThrow(
    /abort/,
  )
  expect(seen.size).toBe(8)
})

test('more are asked for than there are, and all are answered', async () => {
  const [{ highest }] = await topValues(given(8, 3), points.slice(0, 1), N + 10)
  expect(highest).toHaveLength(N)
})
