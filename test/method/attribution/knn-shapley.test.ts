import { describe, expect, test } from 'vitest'
import { randomNormal } from '../../../src/math/random.ts'
import { valuesOfRows } from '../../../src/method/attribution/answers.ts'
import type { Attribution, TestPoint } from '../../../src/method/attribution/attribution.ts'
import { knnShapley } from '../../../src/method/attribution/knn-shapley.ts'

/** Similarities of n examples to each of some points, as an attribution. */
function similarity(values: readonly (readonly number[])[]): Attribution {
  return {
    async *values(points) {
      const data = Float64Array.from(values.flatMap(row => row.slice(0, points.length)))
      yield { start: 0, point: 0, values: { rows: values.length, cols: points.length, data } }
    },
    release: async () => undefined,
  }
}

/** The share of the k votes that go to the class, of some examples: a vote that nobody has goes to none. */
function utility(
  rows: readonly number[],
  near: readonly number[],
  agrees: readonly boolean[],
  k: number,
): number {
  const nearest = [...rows].sort((a, b) => near[b] - near[a] || a - b).slice(0, k)
  return nearest.filter(i => agrees[i]).length / k
}

/** The Shapley value by its definition: what an example adds, mean over all orders in which they come. */
function shapley(near: readonly number[], agrees: readonly boolean[], k: number): number[] {
  const n = near.length
  const sums = new Array<number>(n).fill(0)
  let orders = 0
  const walk = (come: number[], left: number[]): void => {
    if (left.length === 0) orders++
    for (const i of left) {
      // Each order that begins so adds it once; there are (left − 1)! of them.
      const rest = left.filter(j => j !== i)
      sums[i] +=
        (utility([...come, i], near, agrees, k) - utility(come, near, agrees, k)) * factorial(rest.length)
      walk([...come, i], rest)
    }
  }
  walk(
    [],
    near.map((_, i) => i),
  )
  return sums.map(sum => sum / orders)
}

const factorial = (n: number): number => (n < 2 ? 1 : n * factorial(n - 1))

describe.each([1, 2, 3, 6])('with %i neighbours', k => {
  test('values are what an example adds to the vote, in the mean over all orders', async () => {
    const normal = randomNormal(k)
    const near = Array.from({ length: 6 }, () => [Math.round(2 * normal()), normal()])
    const classes = Int32Array.of(0, 1, 1, 0, 2, 1)
    const points = [
      { features: [], output: 1 },
      { features: [], output: 1, target: [1, 0, 0] },
    ]
    const attribution = knnShapley({ similarity: similarity(near), classes, neighbours: k })
    for await (const { values } of attribution.values(points)) {
      for (const [t, wanted] of [1, 0].entries()) {
        const own = near.map(row => row[t])
        const agrees = [...classes].map(y => y === wanted)
        shapley(own, agrees, k).forEach((value, i) => {
          expect(values.data[i * 2 + t]).toBeCloseTo(value, 12)
        })
      }
    }
  })
})

test('values of a point are those it has alone, also beside more points than are held at once', async () => {
  const n = 16
  const places = Array.from({ length: n }, (_, row) => (row * 7) % n)
  const near: Attribution = {
    async *values(points) {
      const data = Float64Array.from({ length: n * points.length }, (_, k) => {
        const { features } = points[k % points.length]
        return -Math.abs(places[Math.floor(k / points.length)] - features[0])
      })
      yield { start: 0, point: 0, values: { rows: n, cols: points.length, data } }
    },
    release: async () => undefined,
  }
  const classes = Int32Array.from({ length: n }, (_, row) => row % 3)
  const rows = [...classes.keys()]
  const values = (points: readonly TestPoint[]) =>
    valuesOfRows(knnShapley({ similarity: near, classes }), points, rows)
  const [first, last] = [
    { features: [2.2], output: 0 },
    { features: [9.7], output: 1 },
  ]
  // All similarities of so many points are more than 32 MiB.
  const most = 2 ** 22 / n
  const { cols, data } = await values([...new Array<TestPoint>(most).fill(first), last])
  const alone = [await values([first]), await values([last])]
  for (const row of rows) {
    const own = data.subarray(row * cols, (row + 1) * cols)
    expect([own[0], own[most - 1], own[most]]).toEqual([
      alone[0].data[row],
      alone[0].data[row],
      alone[1].data[row],
    ])
  }
  expect(alone[0].data).not.toEqual(alone[1].data)
})
