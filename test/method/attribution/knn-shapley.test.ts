import { describe, expect, test } from 'vitest'
import { randomNormal } from '../../../src/math/random.ts'
import type { Attribution } from '../../../src/method/attribution/attribution.ts'
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
