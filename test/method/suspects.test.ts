import { expect, test } from 'vitest'
import { type Matrix, rowOf } from '../../src/math/matrix.ts'
import { random, randomNormal } from '../../src/math/random.ts'
import { memoryRows } from '../../src/math/rows.ts'
import { fitHead } from '../../src/method/fit/fit.ts'
import { lossOf } from '../../src/method/head/loss.ts'
import type { Problem } from '../../src/method/head/problem.ts'
import { labelTargets } from '../../src/method/head/targets.ts'
import { storedAlphaSuspicions } from '../../src/method/scores/head-scores.ts'
import { mostSuspect, type RankedSuspicion } from '../../src/method/scores/ranked.ts'
import { cpuRuntime } from '../../src/runtime/onnxruntime.node.ts'
import { computeAlpha, preActivation } from './problems.ts'

const runtime = cpuRuntime()
const N = 600
const C = 3

const rank = async (
  alpha: Matrix<Float32Array>,
  classes: Int32Array | null,
  k: number,
): Promise<Omit<RankedSuspicion, 'suggested'>[]> =>
  mostSuspect(await storedAlphaSuspicions(memoryRows(alpha), classes), k).map(({ suggested, ...found }) => {
    expect(suggested).toBe(null)
    return found
  })

/** Three clouds, each example labelled by its cloud but for one in ten. */
function flippedClouds() {
  const normal = randomNormal(1)
  const uniform = random(2)
  const cloud = Int32Array.from({ length: N }, (_, i) => i % C)
  const data = Float32Array.from(
    { length: N * C },
    (_, at) => normal() + (at % C === cloud[Math.floor(at / C)] ? 4 : 0),
  )
  const isFlipped = Array.from({ length: N }, () => uniform() < 0.1)
  const labels = cloud.map((y, i) => (isFlipped[i] ? (y + 1) % C : y))
  const features = { rows: N, cols: C, data }
  const problem: Problem = {
    features: memoryRows(features),
    targets: labelTargets(labels, C),
    activation: 'softmax',
    lambda: 0.003,
    bias: 'regularised',
  }
  return { features, labels, isFlipped, problem }
}

test('the order of suspects is the order of the cross-entropy of the fit', async () => {
  const { features, labels, problem } = flippedClouds()
  const { theta } = await fitHead(runtime, problem)
  const alpha = await computeAlpha(runtime, problem, theta)
  const suspects = await rank(alpha, labels, N)
  const logits = preActivation(features, theta, 'regularised')
  const losses = Array.from(labels, (y, i) => {
    const p = rowOf(logits, i)
    lossOf('softmax').activate(p)
    return -Math.log(p[y])
  })
  expect(new Set(suspects.map(({ row }) => row)).size).toBe(N)
  for (let k = 1; k < N; k++) {
    const [worse, better] = [losses[suspects[k - 1].row], losses[suspects[k].row]]
    expect(worse).toBeGreaterThan(better * (1 - 1e-6))
  }
  // |α| = (1 − p) / 2λn and the loss is −log p.
  for (const { row, suspicion } of suspects) {
    expect(suspicion * 2 * problem.lambda * N).toBeCloseTo(1 - Math.exp(-losses[row]), 6)
  }
})

test('flipped labels stand first', async () => {
  const { labels, isFlipped, problem } = flippedClouds()
  const { theta } = await fitHead(runtime, problem)
  const alpha = await computeAlpha(runtime, problem, theta)
  const flips = isFlipped.filter(Boolean).length
  const ranked = await rank(alpha, labels, flips)
  const found = ranked.filter(({ row }) => isFlipped[row])
  expect(flips).toBeGreaterThan(40)
  expect(found.length).toBeGreaterThan(0.9 * flips)
})

test('suspects are the k with the largest |α| at their own label, ties by row', async () => {
  const alpha = { rows: 4, cols: 2, data: Float32Array.of(0.5, -9, -0.25, 9, 9, -0.5, -0.5, 9) }
  const labels = Int32Array.of(0, 0, 1, 0)
  const all = [
    { row: 0, output: 0, suspicion: 0.5 },
    { row: 2, output: 1, suspicion: 0.5 },
    { row: 3, output: 0, suspicion: 0.5 },
    { row: 1, output: 0, suspicion: 0.25 },
  ]
  for (const k of [0, 1, 2, 4, 100]) {
    expect(await rank(alpha, labels, k)).toEqual(all.slice(0, k))
  }
})

test('where each output has a label, the largest |α| over the outputs counts, and says where', async () => {
  const alpha = { rows: 3, cols: 3, data: Float32Array.of(0.1, -0.2, 0.1, 0.3, 0, 0, 0, 0.5, -0.6) }
  expect(await rank(alpha, null, 2)).toEqual([
    { row: 2, output: 2, suspicion: Math.fround(0.6) },
    { row: 1, output: 0, suspicion: Math.fround(0.3) },
  ])
  const ranked = await rank(alpha, Int32Array.of(0, 1, 1), 3)
  expect(ranked.map(({ row, output }) => [row, output])).toEqual([
    [2, 1],
    [0, 0],
    [1, 1],
  ])
})
