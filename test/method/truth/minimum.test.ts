import { describe, expect, test } from 'vitest'
import type { Matrix } from '../../../src/math/matrix.ts'
import { memoryRows, withoutRows } from '../../../src/math/rows.ts'
import { fitHead } from '../../../src/method/fit/fit.ts'
import type { Problem } from '../../../src/method/head/problem.ts'
import { expectMinimum, labelTargets, NoMinimum } from '../../../src/method/head/targets.ts'
import { lds, looPearson } from '../../../src/method/metrics/agreement.ts'
import { predictedPoint, refitOutputs } from '../../../src/method/truth/outputs.ts'
import { type Examples, randomHalves } from '../../../src/method/truth/subsets.ts'
import { cpuRuntime } from '../../../src/runtime/onnxruntime.node.ts'
import { normalMatrix } from '../problems.ts'

const runtime = cpuRuntime()

const N = 30
/** Row 9 is the only example of class 2. */
const LABELS = Int32Array.from({ length: N }, (_, i) => (i === 9 ? 2 : i % 2))

const problemWith = (bias: Problem['bias']): Problem => ({
  features: memoryRows(normalMatrix(N, 4, 1)),
  targets: labelTargets(LABELS, 3),
  activation: 'softmax',
  lambda: 0.01,
  bias,
})

const halves = randomHalves(N, 12, 3)
const lists: readonly Examples[] = [
  ...Array.from({ length: N }, (_, row) => ({ without: [row] })),
  { without: [3, 9, 9] },
  { without: [3, 5, 5] },
  ...halves.map(only => ({ only })),
]

async function hasMinimum(problem: Problem, list: Examples): Promise<boolean> {
  const left =
    'only' in list
      ? memoryRows(await problem.targets.fetch(list.only))
      : withoutRows(problem.targets, new Set(Array.from(list.without)))
  return expectMinimum({ ...problem, targets: left }).then(
    () => true,
    error => {
      if (error instanceof NoMinimum) return false
      throw error
    },
  )
}

const rowsOf = ({ cols, data }: Matrix, rows: readonly number[]): Matrix => ({
  rows: rows.length,
  cols,
  data: Float64Array.from(rows.flatMap(i => Array.from(data.subarray(i * cols, (i + 1) * cols)))),
})

describe('with a free bias', () => {
  const problem = problemWith('free')

  test('nothing is said where a list leaves no minimum, which is where a fit to the rest is refused', async () => {
    const { theta } = await fitHead(runtime, problem)
    const points = [predictedPoint(theta, [1, 0, 0, 1]), predictedPoint(theta, [0, -1, 1, 0])]
    const { outputs, unconverged, withoutMinimum } = await refitOutputs(
      runtime,
      problem,
      theta,
      lists,
      points,
    )
    let missing = 0
    for (const [at, list] of lists.entries()) {
      const known = Array.from(outputs.data.subarray(2 * at, 2 * at + 2), Number.isFinite)
      const has = await hasMinimum(problem, list)
      expect(known, `list ${at}`).toEqual([has, has])
      missing += Number(!has)
    }
    expect(missing).toBeGreaterThan(2)
    expect(missing).toBeLessThan(lists.length)
    expect([unconverged, withoutMinimum]).toEqual([0, missing])
  })

  test('a list that is passed over says nothing of how well values agree', async () => {
    const truth = { rows: 4, cols: 2, data: Float64Array.of(1, 2, Number.NaN, Number.NaN, 3, 5, -1, 0) }
    const values = { rows: 4, cols: 2, data: Float64Array.of(1, 1, 1e9, -1e9, 2, 3, 0, 1) }
    const [known, of] = [rowsOf(truth, [0, 2, 3]), rowsOf(values, [0, 2, 3])]
    expect(looPearson(values, truth)).toBe(looPearson(of, known))
    expect(lds(values, truth)).toBe(lds(of, known))
    expect(looPearson(of, known)).toBeGreaterThan(0.5)
  })
})

test('with a bias that is held every list has a minimum', async () => {
  const problem = problemWith('regularised')
  const { theta } = await fitHead(runtime, problem)
  const point = predictedPoint(theta, [1, 0, 0, 1])
  const { outputs, withoutMinimum } = await refitOutputs(runtime, problem, theta, lists, [point])
  expect(withoutMinimum).toBe(0)
  expect(outputs.data.every(Number.isFinite)).toBe(true)
})
