import { beforeAll, describe, expect, test } from 'vitest'
import { dot, type Matrix, norm } from '../../../src/math/matrix.ts'
import { memoryRows, withoutRows } from '../../../src/math/rows.ts'
import { openAttribution } from '../../../src/method/attribution/methods.ts'
import { ManyObjectives } from '../../../src/method/curvature/many-objectives.ts'
import { fitHead } from '../../../src/method/fit/fit.ts'
import { Objective } from '../../../src/method/fit/objective.ts'
import { overRows } from '../../../src/method/fit/sample.ts'
import type { Problem } from '../../../src/method/head/problem.ts'
import { labelTargets } from '../../../src/method/head/targets.ts'
import { explainedOutputs, leaveOutEffects, refitOutputs } from '../../../src/method/truth/outputs.ts'
import { type Refit, type RefitOptions, refits } from '../../../src/method/truth/refit.ts'
import { type Examples, randomHalves, randomRows } from '../../../src/method/truth/subsets.ts'
import { cpuRuntime } from '../../../src/runtime/onnxruntime.node.ts'
import { C, D, fitted, HEADS, N, POINTS, problemOf } from '../attribution/heads.ts'
import { anyLabels, normalMatrix, normalTheta } from '../problems.ts'

const runtime = cpuRuntime()

async function refitAll(
  problem: Problem,
  theta: Matrix<Float64Array>,
  lists: readonly Examples[],
  options: RefitOptions = {},
): Promise<Refit[]> {
  const found: Refit[] = []
  for await (const refit of refits(runtime, problem, theta, lists, options)) found[refit.list] = refit
  return found
}

function distance(a: Matrix, b: Matrix): number {
  return norm(Float64Array.from(a.data, (x, k) => x - b.data[k])) / norm(b.data)
}

describe.each(HEADS)('heads of %s, bias %s', (kind, bias) => {
  const problem = problemOf(kind, bias)
  const tight = { gap: 1e-8 }
  let theta: Matrix<Float64Array>
  beforeAll(async () => {
    theta = await fitted(runtime, problem)
  })

  test.each([
    ['one', [5]],
    ['a group', [0, 3, 4, 21, N - 1]],
  ])(
    'without %s are those that are fitted to the rest, with λ n/(n − k) as the divisor stays n',
    async (_, without) => {
      const [refit] = await refitAll(problem, theta, [{ without }], tight)
      const rest: Problem = {
        ...problem,
        features: withoutRows(problem.features, new Set(without)),
        targets: withoutRows(problem.targets, new Set(without)),
        lambda: (problem.lambda * N) / (N - without.length),
      }
      expect(refit.status).toBe('converged')
      expect(refit.gapBound).toBeLessThanOrEqual(tight.gap)
      expect(distance(refit.theta, await fitted(runtime, rest))).toBeLessThan(1e-6)
    },
  )

  test('on subsets are those that are fitted to them, with the same λ', async () => {
    const halves = randomHalves(N, 3, 1)
    const found = await refitAll(
      problem,
      theta,
      halves.map(only => ({ only })),
      tight,
    )
    for (const [s, half] of halves.entries()) {
      const fit = await fitted(runtime, await overRows(problem, Uint32Array.from(half)))
      expect(distance(found[s].theta, fit)).toBeLessThan(1e-6)
    }
  })

  test('of many parts have the objective and the products of one', async () => {
    const many = new ManyObjectives(runtime, problem, 'float64')
    const width = D + Number(bias !== 'none')
    const parts = [1, 2].map((seed, r) => ({
      theta: normalTheta(width, C, seed).data,
      counts: Uint8Array.from({ length: N }, (_, i) => Number((i + r) % 3 > 0)),
      divisor: 10 + r,
      v: normalTheta(width, C, seed + 5).data,
    }))
    const [evaluations, products] = [await many.evaluate(parts), await many.curve(parts)]
    await many.release()
    for (const [r, { theta, counts, divisor, v }] of parts.entries()) {
      const rows = Uint32Array.from(counts.keys()).filter(i => counts[i] > 0)
      // The mean over the rows there are, with a λ that undoes it.
      const share = rows.length / divisor
      const part = { ...(await overRows(problem, rows)), lambda: problem.lambda / share }
      const one = await Objective.create(runtime, part, 'float64')
      const { value, gradient } = await one.evaluate(theta)
      const product = await one.curve(theta, v)
      await one.release()
      expect(evaluations[r].value).toBeCloseTo(share * value, 10)
      gradient.forEach((x, k) => {
        expect(evaluations[r].gradient[k]).toBeCloseTo(share * x, 10)
      })
      product.forEach((x, k) => {
        expect(products[r][k]).toBeCloseTo(share * x, 5)
      })
    }
  })

  test('say what influence says to first order, and with leverage to second', async () => {
    const lists = Array.from({ length: N }, (_, i) => ({ without: [i] }))
    const { outputs, unconverged, largestGap } = await refitOutputs(
      runtime,
      problem,
      theta,
      lists,
      POINTS,
      tight,
    )
    expect(unconverged).toBe(0)
    expect(largestGap).toBeLessThanOrEqual(tight.gap)
    const truth = leaveOutEffects(explainedOutputs(theta, POINTS), outputs).data
    const missOf = async (method: 'influence' | 'influence-corrected') => {
      const attribution = await openAttribution(runtime, method, { problem, theta })
      const values = new Float64Array(truth.length)
      for await (const block of attribution.values(POINTS)) {
        values.set(block.values.data, block.start * POINTS.length)
      }
      await attribution.release()
      expect(dot(values, truth)).toBeGreaterThan(0)
      return norm(values.map((x, k) => x - truth[k])) / norm(truth)
    }
    const [first, corrected] = [await missOf('influence'), await missOf('influence-corrected')]
    expect(first).toBeLessThan(0.3)
    expect(corrected).toBeLessThan(first / 2)
    // The objective of squared error is quadratic: one Newton step is all there is.
    if (kind === 'squared error') expect(corrected).toBeLessThan(1e-6)
  })
})

describe('refits', () => {
  const problem = problemOf('softmax with labels', 'regularised')

  test('are answered each once, however many there are', async () => {
    const theta = await fitted(runtime, problem)
    const lists = Array.from({ length: 150 }, (_, k) => ({ without: [k % N] }))
    let done = 0
    const found = await refitAll(problem, theta, lists, {
      onRefit: count => {
        done = count
      },
    })
    expect(done).toBe(150)
    expect(found.filter(Boolean)).toHaveLength(150)
    expect(distance(found[3].theta, found[3 + N].theta)).toBeLessThan(1e-9)
    expect(await refitAll(problem, theta, [])).toEqual([])
  })

  test('that run out of iterations say so', async () => {
    const theta = await fitted(runtime, problem)
    const [refit] = await refitAll(problem, theta, [{ without: [1] }], { gap: 1e-9, maxIterations: 1 })
    expect(refit.status).toBe('max-iterations')
    expect(refit.gapBound).toBeGreaterThan(1e-9)
  })

  test('are counted where they do not converge, and the largest of their gaps is told', async () => {
    const theta = await fitted(runtime, problem)
    const first = (count: number) => ({ without: [...Array(count).keys()] })
    const lists = [{ without: [3] }, first(20), first(10), { without: [] }]
    const options = { gap: 1e-4, maxIterations: 1 }
    const alone = await Promise.all(lists.map(list => refitAll(problem, theta, [list], options)))
    const gaps = alone.map(([{ gapBound }]) => gapBound)
    // Neither the first nor the last that runs as far as it may.
    expect(gaps.indexOf(Math.max(...gaps))).toBe(1)
    const { unconverged, largestGap } = await refitOutputs(runtime, problem, theta, lists, [], options)
    expect(largestGap).toBeCloseTo(gaps[1], 6)
    expect(unconverged).toBe(alone.filter(([{ status }]) => status !== 'converged').length)
    expect(unconverged).toBeGreaterThan(0)
    expect(unconverged).toBeLessThan(lists.length)
  })

  test('end when they are told to', async () => {
    const theta = await fitted(runtime, problem)
    const aborted = refitAll(problem, theta, [{ without: [1] }], {
      signal: AbortSignal.abort(new Error('enough')),
    })
    await expect(aborted).rejects.toThrow('enough')
  })

  test('of a head that is too large to factor come to the same', async () => {
    const [n, d, c] = [60, 1200, 10]
    const large: Problem = {
      features: memoryRows(normalMatrix(n, d, 1)),
      targets: labelTargets(anyLabels(n, c, 2), c),
      activation: 'softmax',
      lambda: 0.5,
      bias: 'none',
    }
    const { theta } = await fitHead(runtime, large, { gap: 1e-8 })
    const [refit] = await refitAll(large, theta, [{ without: [7] }], { gap: 1e-7 })
    const rest = {
      ...large,
      features: withoutRows(large.features, new Set([7])),
      targets: withoutRows(large.targets, new Set([7])),
      lambda: (large.lambda * n) / (n - 1),
    }
    expect(refit.status).toBe('converged')
    expect(distance(refit.theta, (await fitHead(runtime, rest, { gap: 1e-8 })).theta)).toBeLessThan(1e-5)
  })
})

describe('what is explained', () => {
  test('is the logit of the output, or its difference to another', () => {
    const theta = normalTheta(D + 1, C, 1)
    const logit = (t: number, j: number) =>
      [...Array.from(POINTS[t].features), 1].reduce((sum, x, a) => sum + x * theta.data[a * C + j], 0)
    const outputs = explainedOutputs(theta, POINTS)
    POINTS.forEach(({ output, against }, t) => {
      expect(outputs[t]).toBeCloseTo(logit(t, output) - (against === undefined ? 0 : logit(t, against)), 12)
    })
  })
})

describe('random rows', () => {
  test('are different ones in order, the same for the same seed', () => {
    const rows = randomRows(1000, 300, 4)
    expect(rows).toEqual(randomRows(1000, 300, 4))
    expect(rows).not.toEqual(randomRows(1000, 300, 5))
    expect(new Set(rows).size).toBe(300)
    expect([...rows]).toEqual([...rows].sort((a, b) => a - b))
    expect(randomRows(5, 9, 1)).toEqual(Int32Array.of(0, 1, 2, 3, 4))
  })

  test('in halves hold every row about as often', () => {
    const halves = randomHalves(20, 400, 1)
    const times = new Float64Array(20)
    for (const half of halves) {
      expect(half).toHaveLength(10)
      for (const row of half) times[row]++
    }
    // Four standard deviations of a fair coin.
    for (const count of times) expect(Math.abs(count - 200)).toBeLessThan(40)
  })
})
