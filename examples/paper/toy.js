// Figure 8: a toy where every influence is 0 and no representer value is.

import { clouds, hiddenUnits, trainedHead } from './blobs.js'
import { LAMBDA, logitsOf, oneHot, rowOf } from './datasets.js'
import { isFlat, marginOf } from './flatness.js'
import {
  collect,
  count,
  endsCollector,
  fitHead,
  labelTargets,
  memoryRows,
  openAttribution,
  scatterChart,
  significant,
} from './library.js'
import { table } from './page.js'
import { median } from './statistics.js'
import { valuesOf } from './values.js'

const SEED = 8
/** Training examples that are marked in the drawing, of each sign. */
const MARKED = 5

export async function run({ runtime, say }) {
  const { train, test } = clouds(SEED)
  const [f, g] = [train, test].map(points => hiddenUnits(points, SEED))
  const classes = Int32Array.from(train, ({ label }) => label)
  const given = trainedHead(f, classes)
  const logits = test.map((_, t) => logitsOf(given, rowOf(g, t)))
  // The given network's outputs are exactly its labels, in single precision.
  const problem = {
    features: memoryRows(f),
    targets: labelTargets(classes, 2),
    activation: 'softmax',
    lambda: LAMBDA,
    bias: 'regularised',
  }
  say('fitting')
  const { theta, status } = await fitHead(runtime, problem)
  const points = test.map(({ label }, t) => ({
    features: rowOf(g, t),
    output: label,
    target: oneHot(label, 2),
  }))
  const methods = {
    'influence, head as given': ['influence-loss', given],
    'influence, fitted head': ['influence-loss', theta],
    'representer values': ['representer', theta],
  }
  const lines = []
  for (const [name, [method, head]] of Object.entries(methods)) {
    const attribution = await openAttribution(runtime, method, { problem, theta: head })
    lines.push([name, ...(await told(attribution, points))])
    await attribution.release()
  }
  const flat = test.filter(({ label }, t) => isFlat(logits[t], label)).length
  const margins = test.map(({ label }, t) => marginOf(logits[t], label))
  const representer = await openAttribution(runtime, 'representer', { problem, theta })
  const values = await valuesOf(representer, points[0], train.length)
  await representer.release()
  return {
    parts: [
      `${count(train.length)} training and ${count(test.length)} test examples; λ ${LAMBDA}, the fit ${status}. The largest value by size of any training example for each test example, in double precision:`,
      table(['values', 'least', 'median', 'largest', 'exactly 0'], lines),
      `The given head puts the right logit ${significant(Math.min(...margins))} above the other at least. In single precision the gradient of its loss is exactly 0 for ${count(flat)} of ${count(test.length)} test examples, and with it every influence; in the authors’ notebook for all 400. ${verdict(flat, test, lines)}`,
      chartOf(train, test[0], values),
    ],
  }
}

function verdict(flat, test, lines) {
  const none = lines.at(-1).at(-1)
  const agrees = flat === test.length && none === '0'
  return agrees
    ? 'Agrees. What vanishes is the loss of a head that nothing keeps from growing, not influence as such: at the head that is fitted under λ, where representer values are made, influence is small and no more 0 than these.'
    : `Does not agree in full: representer values are 0 for ${none} test examples.`
}

async function told(attribution, points) {
  const ends = endsCollector(points.length, 1)
  await collect(attribution, points, [ends])
  const sizes = ends
    .answer()
    .map(({ highest, lowest }) => Math.max(...[...highest, ...lowest].map(({ score }) => Math.abs(score))))
  const range = [Math.min(...sizes), median(sizes), Math.max(...sizes)]
  return [...range.map(x => significant(x)), count(sizes.filter(x => x === 0).length)]
}

function chartOf(train, asked, values) {
  const order = [...values.keys()].sort((a, b) => values[b] - values[a])
  const marked = new Set([...order.slice(0, MARKED), ...order.slice(-MARKED)])
  const dot = ({ x: [x, y] }, kind) => ({ x, y, kind })
  return scatterChart({
    title: 'The toy: largest representer values',
    words: `Two clouds of training examples far apart; the ${MARKED} with the largest and the ${MARKED} with the smallest representer values for one test example are marked.`,
    xName: 'first number',
    yName: 'second number',
    kinds: ['training', 'largest and smallest values', 'the test example'],
    points: [...train.map((point, i) => dot(point, Number(marked.has(i)))), dot(asked, 2)],
  })
}
