import fc from 'fast-check'
import { expect, test } from 'vitest'
import { dot, norm, rowOf } from '../../src/math/matrix.ts'
import { principalDirections } from '../../src/math/principal.ts'
import { memoryRows } from '../../src/math/rows.ts'
import { kernelOf } from '../../src/method/head/kernel.ts'
import { type BoundIndex, buildIndex, listOf } from '../../src/method/index/bound-index.ts'
import { planIndex } from '../../src/method/index/index-plan.ts'
import { cpuRuntime } from '../../src/runtime/onnxruntime.node.ts'
import { anySearchProblem, normalMatrix, normalTheta, queried, type SearchProblem } from './problems.ts'

const built = ({ features, alpha, kernel }: SearchProblem, depth: number): Promise<BoundIndex> =>
  buildIndex(cpuRuntime(1), memoryRows(features), memoryRows(alpha), kernel, async (...given) => ({
    ...(await planIndex(...given)),
    depth,
  }))

test('a list has the rows of its sign with the largest bounds, in order, and says what it leaves out', async () => {
  await fc.assert(
    fc.asyncProperty(anySearchProblem, fc.constantFrom(2, 1e9), async (problem, depth) => {
      const index = await built(problem, depth)
      const { features, alpha, kernel } = problem
      for (let j = 0; j < alpha.cols; j++) {
        for (const sign of [1, -1] as const) {
          const list = listOf(j, sign)
          const kept = Array.from(index.rows.subarray(index.offsets[list], index.offsets[list + 1]))
          const bounds = index.bounds.subarray(index.offsets[list], index.offsets[list + 1])
          const all = Array.from({ length: features.rows }, (_, row) => ({
            row,
            size: sign * alpha.data[row * alpha.cols + j],
            length: norm(queried(features, row, kernel)),
          })).filter(({ size, length }) => Math.fround(size * length) > 0 || size * length > 0)
          expect(kept.length).toBe(Math.min(depth, all.length))
          for (const { row, size, length } of all) {
            const at = kept.indexOf(row)
            const bound = at < 0 ? index.left[list] : bounds[at]
            expect(bound).toBeGreaterThanOrEqual(size * length)
            expect(index.largestNorm).toBeGreaterThanOrEqual(length)
          }
          if (kept.length === all.length) expect(index.left[list]).toBe(0)
          for (let at = 1; at < kept.length; at++) {
            const inOrder =
              bounds[at] < bounds[at - 1] || (bounds[at] === bounds[at - 1] && kept[at] > kept[at - 1])
            expect(inOrder).toBe(true)
          }
        }
      }
    }),
    { numRuns: 300, seed: 1 },
  )
})

test('coordinates bound the similarities of whatever query', async () => {
  const [n, d] = [3000, 40]
  const features = { rows: n, cols: d, data: normalMatrix(n, d, 1).data.map(x => Math.abs(x) + 2) }
  const kernel = kernelOf('regularised', d)
  const alpha = memoryRows(normalMatrix(n, 2, 2))
  const index = await buildIndex(cpuRuntime(1), memoryRows(features), alpha, kernel, async () => ({
    depth: 1000,
    directions: principalDirections(normalTheta(100, d + 1, 4), 8),
  }))
  const { directions, coordinates } = index
  const p = directions.rows
  const queries = normalMatrix(20, d, 3)
  for (let t = 0; t < queries.rows; t++) {
    const q = queried(queries, t, kernel)
    const y = Array.from({ length: p }, (_, b) => dot(rowOf(directions, b), q))
    const rest = Math.sqrt(norm(q) ** 2 - dot(y, y))
    for (let at = 0; at < index.rows.length; at += 37) {
      const own = queried(features, index.rows[at], kernel)
      const x = rowOf(coordinates, at)
      const off = Math.abs(dot(own, q) - dot(x, y, p))
      expect(off).toBeLessThanOrEqual(x[p] * rest + 2 ** -20 * norm(own) * norm(q))
    }
  }
})

test('the same fit has the same index', async () => {
  const problem = [memoryRows(normalMatrix(500, 9, 1)), memoryRows(normalMatrix(500, 3, 2))] as const
  const kernel = kernelOf('none', 9)
  expect(await buildIndex(cpuRuntime(1), ...problem, kernel)).toEqual(
    await buildIndex(cpuRuntime(1), ...problem, kernel),
  )
})
