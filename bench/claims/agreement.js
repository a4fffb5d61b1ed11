// A study: how well attributions tell what refits say, on MNIST's pixels, over λ.

import {
  explainedOutputs,
  FactoredHessian,
  fitHead,
  labelTargets,
  lds,
  leaveOutEffects,
  looPearson,
  METHOD_NAMES,
  memoryRows,
  openAttribution,
  openRuntime,
  predictedPoint,
  randomHalves,
  randomRows,
  refitOutputs,
  risingTarget,
  valuesOfRows,
  valuesOfSets,
} from '../frame/library.js'
import { mnistPixels } from '../frame/mnist.js'
import { row as tableRow } from '../frame/row.js'
import { row } from '../frame/rows.js'
import { timed } from '../frame/timing.js'
import { count, seconds } from '../frame/units.js'

const LAMBDAS = [1e-4, 1e-5, 1e-3, 1e-2]
const CLASSES = 10
const GAP = 1e-4
const SEED = 1

const SIZES = { n: 5000, tests: 500, leftOut: 500, looTests: 50, subsets: 50 }
const QUICK_SIZES = { n: 600, tests: 40, leftOut: 40, looTests: 20, subsets: 10 }

/** What must be reached, at every λ. */
const LEAST = {
  'influence-corrected': { loo: 0.99 },
  influence: { loo: 0.95, lds: 0.8 },
}

/** Those that need what this data has not: a free bias, a given head, checkpoints. */
const WITHOUT = ['centred', 'no-refit', 'tracin']
const METHODS = METHOD_NAMES.filter(name => !WITHOUT.includes(name))

export async function measure({ quick, say }) {
  const rows = []
  for (const lambda of quick ? LAMBDAS.slice(0, 1) : LAMBDAS) {
    rows.push(...(await measureLambda(lambda, quick ? QUICK_SIZES : SIZES, quick, say)))
  }
  return rows
}

async function measureLambda(lambda, { n, tests, leftOut, looTests, subsets }, quick, say) {
  const runtime = openRuntime()
  const { features, labels } = mnistPixels('train', n)
  const problem = {
    features: memoryRows(features),
    targets: labelTargets(labels, CLASSES),
    activation: 'softmax',
    lambda,
    bias: 'regularised',
  }
  say(`λ ${lambda}: fitting`)
  const { theta } = await fitHead(runtime, problem, { gap: GAP })
  const points = predictedPoints(theta, tests)
  const hessian = await FactoredHessian.make(runtime, problem, theta)
  const options = { gap: GAP, hessian }

  say(`λ ${lambda}: ${leftOut} refits without an example`)
  const left = randomRows(n, leftOut, SEED)
  const lists = Array.from(left, example => ({ without: [example] }))
  const looPoints = points.slice(0, looTests)
  const without = await timed(() => refitOutputs(runtime, problem, theta, lists, looPoints, options))
  const effects = leaveOutEffects(explainedOutputs(theta, looPoints), without.answer.outputs)

  say(`λ ${lambda}: ${subsets} refits to half of them`)
  const halves = randomHalves(n, subsets, SEED)
  const onHalves = await timed(() =>
    refitOutputs(
      runtime,
      problem,
      theta,
      halves.map(only => ({ only })),
      points,
      options,
    ),
  )
  const refits = `${seconds(without.seconds)} for ${leftOut} refits without an example, ${seconds(onHalves.seconds)} for ${subsets} to halves; not converged: ${without.answer.unconverged + onHalves.answer.unconverged}`

  const rows = []
  for (const method of METHODS) {
    say(`λ ${lambda}: ${method}`)
    const source = { problem, theta, hessian, classes: labels, seed: SEED }
    const { answer, seconds: taken } = await timed(async () => {
      const attribution = await openAttribution(runtime, method, source)
      const values = await valuesOfRows(attribution, looPoints, left)
      const sums = await valuesOfSets(attribution, points, halves)
      await attribution.release()
      return { loo: looPearson(values, effects), lds: lds(sums, onHalves.answer.outputs) }
    })
    rows.push(figure(method, 'loo', `leave-one-out agreement, ${count(leftOut)} × ${looTests}`))
    rows.push(figure(method, 'lds', `LDS, ${subsets} halves × ${tests}`))

    function figure(name, kind, what) {
      const least = quick ? undefined : LEAST[name]?.[kind]
      return {
        ...tableRow({
          what: `λ ${lambda}, ${name}: ${what}`,
          unit: 'correlation',
          ours: answer[kind],
          peer: null,
          ratio: null,
          checks: least === undefined ? [] : [{ what: `at least ${least}`, reached: answer[kind] >= least }],
          notes: kind === 'loo' ? [`${seconds(taken)} for all values`] : [],
        }),
        cell: { method: name, kind, lambda, refits: rows.length === 0 ? refits : null },
      }
    }
  }
  await hessian.release()
  return rows
}

/** Test pictures, each asked about the output that the head predicts, and about a loss that falls as it rises. */
function predictedPoints(theta, tests) {
  const { features } = mnistPixels('t10k', tests)
  return Array.from({ length: tests }, (_, t) => {
    const point = predictedPoint(theta, row(features, t))
    return { ...point, target: risingTarget(theta, 'softmax', point) }
  })
}
