import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Measured, measure } from '../../src/app/compare/measure.ts'
import type { Setting } from '../../src/app/compare/setting.ts'
import { makeTruth, Refitter } from '../../src/app/compare/truth.ts'
import { TOP_K } from '../../src/app/measured/top-k.ts'
import { valuesOfRows } from '../../src/method/attribution/answers.ts'
import { type MethodName, openAttribution } from '../../src/method/attribution/methods.ts'
import { cpuRuntime } from '../../src/runtime/onnxruntime.node.ts'
import { fitted, LABELS, N, POINTS, problemOf } from '../method/attribution/heads.ts'

const cpu = cpuRuntime(1)
const problem = problemOf('softmax with labels', 'regularised')

/** Of the first points so many rows are kept in order. */
const ORDER = { points: 3, rows: 7, seed: 1 }

let setting: Setting
let refitter: Refitter
let ask: (method: MethodName) => Promise<Measured>
beforeAll(async () => {
  setting = {
    problem,
    theta: await fitted(cpu, problem),
    points: POINTS,
    groups: LABELS,
    classes: LABELS,
    heldOut: false,
  }
  const options = { gap: 1e-4, signal: undefined, onProgress: () => undefined }
  refitter = await Refitter.open(cpu, setting, options)
  const truth = await makeTruth(refitter, setting, { loo: 4, subsets: 3, tests: POINTS.length, seed: 1 })
  ask = method => measure(cpu, method, setting, refitter, truth, ORDER, undefined)
})
afterAll(() => refitter.release())

test('what is shown and ordered are the largest values, the largest first', async () => {
  const attribution = await openAttribution(cpu, 'representer', setting)
  const { data } = await valuesOfRows(
    attribution,
    POINTS,
    Array.from({ length: N }, (_, row) => row),
  )
  await attribution.release()
  const orders = POINTS.map((_, t) => {
    const value = (row: number) => data[row * POINTS.length + t]
    return Array.from({ length: N }, (_, row) => row).sort((a, b) => value(b) - value(a))
  })
  const shown = orders.map(order => order.slice(0, TOP_K))
  const found = await ask('representer')
  expect(found.orders.map(order => [...order])).toEqual(
    orders.slice(0, ORDER.points).map(order => order.slice(0, ORDER.rows)),
  )
  expect(found.topKCardinality).toBeCloseTo(new Set(shown.flat()).size / shown.flat().length, 12)
  const own = shown.flatMap((rows, t) => rows.map(row => LABELS[row] === POINTS[t].output))
  expect(found.sameClassRate).toBeCloseTo(own.filter(Boolean).length / own.length, 12)
})

test('the seconds of the Hessian count for each method that is made of it, and for no other', async () => {
  Object.assign(refitter, { hessianSeconds: 1e6 })
  for (const method of ['influence', 'influence-corrected', 'influence-loss'] as const) {
    expect((await ask(method)).seconds, method).toBeGreaterThanOrEqual(1e6)
  }
  for (const method of ['representer', 'ek-fac', 'grad-dot', 'random'] as const) {
    expect((await ask(method)).seconds, method).toBeLessThan(1e6)
  }
})
