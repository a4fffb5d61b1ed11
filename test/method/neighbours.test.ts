import { expect, test } from 'vitest'
import { randomNormal } from '../../src/math/random.ts'
import { nearestNeighbours } from '../../src/method/explain/neighbours.ts'
import { cpuRuntime } from '../../src/runtime/onnxruntime.node.ts'

function points(n: number, d: number) {
  return { rows: n, cols: d, data: Float32Array.from({ length: n * d }, randomNormal(3)) }
}

const distance = (data: Float32Array, d: number, i: number, j: number) =>
  Math.hypot(...Array.from({ length: d }, (_, a) => data[i * d + a] - data[j * d + a]))

test('are those of a search over all pairs, the row itself first', async () => {
  const [n, d, k] = [300, 7, 12]
  const x = points(n, d)
  const { rows, distances } = await nearestNeighbours(cpuRuntime(), x, k)
  for (let i = 0; i < n; i++) {
    const all = Array.from({ length: n }, (_, j) => ({ j, far: distance(x.data, d, i, j) }))
    all.sort((a, b) => a.far - b.far)
    expect(Array.from(rows.subarray(i * k, (i + 1) * k))).toEqual(all.slice(0, k).map(({ j }) => j))
    for (let place = 0; place < k; place++) {
      expect(distances[i * k + place]).toBeCloseTo(all[place].far, 4)
    }
  }
})

test('of rows that are the same, each comes first for itself', async () => {
  const x = { rows: 5, cols: 2, data: new Float32Array(10).fill(1) }
  const { rows, distances } = await nearestNeighbours(cpuRuntime(), x, 3)
  for (let i = 0; i < 5; i++) expect(rows[i * 3]).toBe(i)
  expect([...distances]).toEqual(new Array(15).fill(0))
})

test('are all rows where fewer are there than asked for', async () => {
  const { k, rows } = await nearestNeighbours(cpuRuntime(), points(4, 3), 15)
  expect(k).toBe(4)
  expect(rows).toHaveLength(16)
})

test('stop where the signal says so', async () => {
  await expect(
    nearestNeighbours(cpuRuntime(), points(50, 3), 5, { signal: AbortSignal.abort() }),
  ).rejects.toThrow(/abort/i)
})
