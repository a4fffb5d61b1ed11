// Figure 7: how large the values for a test point are at most, over many test points.

import { logitsOf, rowOf } from './datasets.js'
import { isFlat, marginOf } from './flatness.js'
import {
  collect,
  count,
  endsCollector,
  histogramChart,
  openAttribution,
  percent,
  randomRows,
  significant,
} from './library.js'
import { table } from './page.js'
import { median } from './statistics.js'
import { openMethod, pointOf } from './values.js'

const POINTS = 1000
const SEED = 1
const COLUMNS = 24
/** So many times below the median is next to nothing. */
const NOTHING = 1000

const METHODS = {
  'representer values': (runtime, dataset) => openMethod(runtime, dataset, 'representer'),
  'influence, head fitted to the labels': (runtime, dataset) =>
    openMethod(runtime, dataset, 'influence-loss'),
  'influence, head as given': (runtime, { labels, given }) =>
    openAttribution(runtime, 'influence-loss', { problem: labels.problem, theta: given }),
}

export async function run({ dataset, runtime, say }) {
  const { name, test, given } = dataset
  const rows = Array.from(randomRows(test.labels.length, POINTS, SEED))
  // As in the paper: about the label.
  const points = rows.map(row => pointOf(dataset, row, test.labels[row]))
  const sizes = {}
  for (const [method, open] of Object.entries(METHODS)) {
    say(method)
    sizes[method] = await largestSizes(await open(runtime, dataset), points)
  }
  const logits = rows.map(row => logitsOf(given, rowOf(test.features, row)))
  const flat = rows.filter((row, t) => isFlat(logits[t], test.labels[row])).length
  const margin = rows.reduce((most, row, t) => Math.max(most, marginOf(logits[t], test.labels[row])), 0)
  const lines = Object.entries(sizes).map(([method, values]) => {
    const middle = median(values)
    return [
      method,
      ...[Math.min(...values), middle, Math.max(...values)].map(x => significant(x)),
      count(values.filter(x => x < middle / NOTHING).length),
      count(values.filter(x => x === 0).length),
    ]
  })
  return {
    parts: [
      `${name}, the largest value by size of any training example, over ${count(POINTS)} test examples drawn at random, each about its label:`,
      table(
        ['values', 'least', 'median', 'largest', `less than 1/${count(NOTHING)} of the median`, 'exactly 0'],
        lines,
      ),
      words(sizes, flat, margin),
      ...Object.entries(sizes).map(([method, values]) => chartOf(name, method, values)),
    ],
  }
}

async function largestSizes(attribution, points) {
  const ends = endsCollector(points.length, 1)
  await collect(attribution, points, [ends])
  await attribution.release()
  return ends
    .answer()
    .map(({ highest, lowest }) => Math.max(...[...highest, ...lowest].map(({ score }) => Math.abs(score))))
}

function words(sizes, flat, margin) {
  const decades = values => Math.log10(Math.max(...values) / Math.min(...values.filter(x => x > 0)))
  const [ours, , theirs] = Object.values(sizes).map(values => significant(decades(values), 2))
  const spread = `Representer values spread over ${ours} powers of ten, influence at the head as given over ${theirs}.`
  if (flat > 0) {
    return `Agrees: in single precision the gradient of the loss, and with it every influence, is exactly 0 for ${count(flat)} of ${count(POINTS)} test examples, in the paper for more than 300. ${spread}`
  }
  return `Agrees in shape, not in zeros. ${spread} In the paper influence is exactly 0 for more than 300 of 1,000 test examples; here for none, in single precision neither, since there the gradient of the loss underflows only where a logit is 103 above all others, and no given logit is more than ${significant(margin)} above. Presumably the paper’s network was surer; figure 8 has one that is.`
}

function chartOf(name, method, values) {
  const known = values.filter(x => x > 0)
  const [from, to] = [Math.floor(Math.log10(Math.min(...known))), Math.ceil(Math.log10(Math.max(...known)))]
  const edges = Array.from({ length: COLUMNS + 1 }, (_, k) => 10 ** (from + ((to - from) * k) / COLUMNS))
  const counts = edges.slice(1).map((edge, k) => known.filter(x => x >= edges[k] && x < edge).length)
  return histogramChart({
    title: `${name}, ${method}`,
    words: `How large the largest value for a test example is, ${method}: from ${significant(Math.min(...known))} to ${significant(Math.max(...known))}; ${percent(1 - known.length / values.length)} are 0.`,
    xName: 'largest value by size',
    yName: 'test examples',
    xLog: true,
    edges,
    counts,
  })
}
