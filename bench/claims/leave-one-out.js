// What leaving out one example after another would do, exactly: 500 refits of a head, side by side.

import { loadavg } from 'node:os'
import { GAP } from '../frame/fits.js'
import {
  explainedOutputs,
  FactoredHessian,
  fitHead,
  labelTargets,
  memoryRows,
  openRuntime,
  randomRows,
  refitOutputs,
} from '../frame/library.js'
import { mnistPixels } from '../frame/mnist.js'
import { row as tableRow } from '../frame/row.js'
import { row } from '../frame/rows.js'
import { timed } from '../frame/timing.js'
import { count, seconds, tiny } from '../frame/units.js'

const MOST_SECONDS = 60
const LAMBDA = 1e-4
const SEED = 1
const CLASSES = 10

export async function measure({ quick, say }) {
  const [n, refits, points] = quick ? [1000, 50, 10] : [5000, 500, 50]
  const runtime = openRuntime()
  const { features, labels } = mnistPixels('train', n)
  const problem = {
    features: memoryRows(features),
    targets: labelTargets(labels, CLASSES),
    activation: 'softmax',
    lambda: LAMBDA,
    bias: 'regularised',
  }
  say('fitting')
  const fit = await timed(() => fitHead(runtime, problem, { gap: GAP }))
  const { theta } = fit.answer
  const test = mnistPixels('t10k', points).features
  const asked = Array.from({ length: points }, (_, t) => ({ features: row(test, t), output: t % CLASSES }))
  const lists = Array.from(randomRows(n, refits, SEED), left => ({ without: [left] }))

  say('refitting')
  const load = loadavg()[0]
  let hessian
  const factored = await timed(async () => {
    hessian = await FactoredHessian.make(runtime, problem, theta)
  })
  const refitted = await timed(() =>
    refitOutputs(runtime, problem, theta, lists, asked, { gap: GAP, hessian }),
  )
  await hessian.release()
  const { outputs, unconverged, largestGap } = refitted.answer

  say('one of them from nothing')
  const slow = await timed(() => fromNothing(runtime, features, labels, lists[0].without))
  const taken = factored.seconds + refitted.seconds
  const difference = explainedOutputs(slow.answer.theta, asked).reduce(
    (most, output, t) => Math.max(most, Math.abs(output - outputs.data[t])),
    0,
  )
  return tableRow({
    what: `${refits} heads without one example each, n = ${count(n)}, d = 785, c = ${CLASSES}, λ ${LAMBDA}`,
    unit: 'seconds',
    ours: taken,
    peer: { name: 'as many fits from nothing', value: refits * slow.seconds },
    ratio: (refits * slow.seconds) / taken,
    checks: [
      { what: `in less than ${MOST_SECONDS} s`, reached: quick || taken < MOST_SECONDS },
      {
        what: `every completeness gap at most ${GAP} logits (${tiny(largestGap)})`,
        reached: unconverged === 0 && largestGap <= GAP,
      },
      // Two heads within the gap of their own optimum each.
      { what: `logits of a fit from nothing within ${tiny(difference)}`, reached: difference <= 2 * GAP },
    ],
    notes: [
      `${seconds(factored.seconds)} of it to factor the Hessian, CPU time ${seconds(factored.cpuSeconds + refitted.cpuSeconds)}, load before ${load.toFixed(1)}`,
      `the fit they start from took ${seconds(fit.seconds)}`,
    ],
  })
}

/** The same head without some examples, fitted as if nothing were known: their losses keep the divisor n. */
function fromNothing(runtime, features, labels, without) {
  const kept = [...labels.keys()].filter(i => !without.includes(i))
  const data = new Float32Array(kept.length * features.cols)
  for (const [k, i] of kept.entries()) data.set(row(features, i), k * features.cols)
  const rest = Int32Array.from(kept, i => labels[i])
  return fitHead(
    runtime,
    {
      features: memoryRows({ rows: kept.length, cols: features.cols, data }),
      targets: labelTargets(rest, CLASSES),
      activation: 'softmax',
      lambda: (LAMBDA * features.rows) / kept.length,
      bias: 'regularised',
    },
    { gap: GAP },
  )
}
