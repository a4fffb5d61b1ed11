import { expect, test } from 'vitest'
import type { Setting } from '../../src/app/compare/setting.ts'
import { makeTruth, Refitter } from '../../src/app/compare/truth.ts'
import { rowOf, zeros } from '../../src/math/matrix.ts'
import { memoryRows, withoutRows } from '../../src/math/rows.ts'
import { labelTargets } from '../../src/method/head/targets.ts'
import { explainedOutputs } from '../../src/method/truth/outputs.ts'
import { cpuRuntime } from '../../src/runtime/onnxruntime.node.ts'
import { UserError } from '../../src/user-error.ts'
import { fitted, N, POINTS, problemOf } from '../method/attribution/heads.ts'
import { normalMatrix } from '../method/problems.ts'

const cpu = cpuRuntime(1)

test('only examples to which no head can be fitted have no output: what else goes wrong is told', async () => {
  const point = { features: [1, 2, 3], output: 0 }
  const setting: Setting = {
    problem: {
      features: memoryRows(normalMatrix(8, 3, 1)),
      targets: labelTargets(Int32Array.from([0, 0, 0, 0, 1, 1, 1, 1]), 2),
      activation: 'softmax',
      lambda: 0.01,
      bias: 'free',
    },
    theta: zeros(4, 2),
    points: [point],
    groups: null,
    heldOut: false,
  }
  let isBroken = false
  const runtime: typeof cpu = {
    device: cpu.device,
    async load(...given) {
      if (isBroken) throw new UserError('io', 'no more memory')
      return cpu.load(...given)
    },
  }
  const options = { gap: 1e-3, signal: undefined, onProgress: () => undefined }
  const refitter = await Refitter.open(runtime, setting, options)
  const ask = () =>
    refitter.outputsOfFew(
      'insertion',
      [
        { rows: [0, 1], point },
        { rows: [0, 5], point },
      ],
      1e-3,
    )
  const [ofOneLabel, ofBoth] = await ask()
  expect([ofOneLabel, Number.isFinite(ofBoth)]).toEqual([Number.NaN, true])
  isBroken = true
  await expect(ask()).rejects.toThrow('no more memory')
  await refitter.release()
})

const problem = problemOf('softmax with labels', 'regularised')

async function open(gap: number): Promise<Refitter> {
  const theta = await fitted(cpu, problem)
  const setting: Setting = { problem, theta, points: POINTS, groups: null, heldOut: false }
  return Refitter.open(cpu, setting, { gap, signal: undefined, onProgress: () => undefined })
}

test('what is left out moves outputs by what a fit without it says, however coarse the gap of the fit', async () => {
  const gap = 0.2
  const theta = await fitted(cpu, problem)
  const refitter = await open(gap)
  const setting: Setting = { problem, theta, points: POINTS, groups: null, heldOut: false }
  const { left, effects } = await makeTruth(refitter, setting, {
    tests: POINTS.length,
    loo: 6,
    subsets: 0,
    seed: 1,
  })
  await refitter.release()
  const whole = explainedOutputs(theta, POINTS)
  const found: number[] = []
  for (const [at, row] of left.entries()) {
    const rest = {
      ...problem,
      features: withoutRows(problem.features, new Set([row])),
      targets: withoutRows(problem.targets, new Set([row])),
      lambda: (problem.lambda * N) / (N - 1),
    }
    explainedOutputs(await fitted(cpu, rest), POINTS).forEach((output, t) => {
      found.push(whole[t] - output)
      expect(Math.abs(rowOf(effects, at)[t] - (whole[t] - output))).toBeLessThan(0.02 * gap)
    })
  }
  expect(Math.max(...found.map(Math.abs))).toBeGreaterThan(0.1 * gap)
})

test('what does not come to its gap is counted, of refits and of fits to few', async () => {
  const lists = [{ without: [1] }, { without: [2] }]
  const few = POINTS.slice(0, 3).map((point, t) => ({ rows: [t, t + 10, t + 20], point }))
  for (const [gap, missed] of [
    [1e-4, 0],
    // Below what numbers can tell.
    [1e-300, 1],
  ]) {
    const refitter = await open(gap)
    await refitter.outputs('loo', lists, 1)
    expect(refitter.tally).toMatchObject({ refits: 2, unconverged: 2 * missed })
    await refitter.outputsOfFew('insertion', few, gap)
    expect(refitter.tally).toMatchObject({ refits: 5, unconverged: 5 * missed })
    await refitter.release()
  }
})

test('the largest gap is of all refits that were to be exact, and of no others', async () => {
  const [gap, list] = [0.05, [{ without: [...Array(12).keys()] }]]
  const refitter = await open(gap)
  await refitter.outputs('loo', list, 1)
  const largest = refitter.tally.largestGap
  expect(largest).toBeGreaterThan(0)
  expect(largest).toBeLessThanOrEqual(gap)
  await refitter.outputs('loo', list, 1, 1e-4 * gap)
  expect(refitter.tally.largestGap).toBe(largest)
  // One that stops where it starts.
  await refitter.outputs('deletion', list, 1, 1e6)
  expect(refitter.tally.largestGap).toBe(largest)
  await refitter.release()
})
