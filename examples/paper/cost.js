// Table 1: what explaining one test point costs.

import { availableParallelism, cpus, loadavg } from 'node:os'
import { openAuthorsWay, outer } from './authors-way.js'
import { LAMBDA, logitsOf } from './datasets.js'
import {
  allRows,
  count,
  FactoredHessian,
  fitHead,
  fixed,
  formAttribution,
  influenceLossForm,
  iterativeInverse,
  lossOf,
  openAttribution,
  pearson,
  randomRows,
} from './library.js'
import { table } from './page.js'
import { deviation, mean } from './statistics.js'
import { openMethod, pointOf, valuesOf } from './values.js'

const POINTS = 50
const FITS = 5
const SEED = 1
const K = 10

/** Seconds on a GPU of 2018. MNIST stands in for AwA. */
const PAPER = {
  cifar10: { name: 'CIFAR-10', fit: '7.09 ± 0.76', representer: '0.10 ± 0.08', influence: '267.08 ± 248.20' },
  mnist: { name: 'AwA', fit: '12.41 ± 2.37', representer: '0.19 ± 0.12', influence: '172.71 ± 32.63' },
}

export async function run({ dataset, runtime, say }) {
  const { id, name, explainer, teacher, labels, given, test } = dataset
  const { n } = explainer.manifest
  const load = loadavg()[0]
  const points = Array.from(randomRows(test.labels.length, POINTS, SEED), row => pointOf(dataset, row))

  say('fits')
  const fits = await inTurn(Array(FITS).fill(given), {
    fit: start => fitHead(runtime, teacher.problem, { start }),
  })
  say('factoring the Hessian')
  const begin = performance.now()
  const hessian = await FactoredHessian.make(runtime, labels.problem, labels.theta)
  const factored = (performance.now() - begin) / 1000
  const representer = await openMethod(runtime, dataset, 'representer')
  const exact = await openAttribution(runtime, 'influence-loss', { ...labels, hessian })
  const inverse = clocked(await iterativeInverse(runtime, labels.problem, labels.theta))
  const fair = await formAttribution(runtime, influenceLossForm(labels.problem, labels.theta, inverse))
  const targets = await allRows(labels.problem.targets)
  const matrices = { features: dataset.train.features, targets, lambda: LAMBDA }
  const authors = clocked(await openAuthorsWay(runtime, matrices, labels.theta))

  const { all, best, vectorised, atOnce, theirs } = await inTurn(
    points,
    {
      all: point => valuesOf(representer, point, n),
      best: ({ features, output }) => explainer.explain(features, { output, k: K }),
      vectorised: point => valuesOf(fair, point, n),
      atOnce: point => valuesOf(exact, point, n),
      theirs: async point => authors.products(await authors.solve(gradientOf(labels.theta, point))),
    },
    (done, of) => say(`${done} of ${of} test examples`),
  )
  const [products, theirProducts] = [inverse, authors].map(({ seconds }) => ({
    seconds: seconds.slice(-POINTS),
  }))
  for (const opened of [representer, exact, fair, authors, hessian]) await opened.release()

  const paper = PAPER[id]
  const rows = [
    ['representer: the fit, once', told(fits.fit), paper.fit],
    [`representer: all ${count(n)} values`, told(all), paper.representer],
    [`representer: the ${K} largest and ${K} smallest, exactly`, told(best), ''],
    ['influence, vectorised', told(vectorised), ''],
    ['… its products with the Hessian alone', told(products), ''],
    [`influence, the Hessian factored once in ${fixed(factored, 1)} s`, told(atOnce), ''],
    ['influence, one training example at a time', told(theirs), paper.influence],
    ['… its products with the Hessian alone', told(theirProducts), ''],
  ]
  const agreement = theirs.answers.map((values, t) => pearson(values, atOnce.answers[t]))
  return {
    parts: [
      `${name}, ${count(n)} training examples, ${POINTS} test examples, ${FITS} fits; mean and standard deviation in seconds, on ${cpus()[0].model.trim()}, ${availableParallelism()} cores, with a load of ${fixed(load, 1)} before it began; all ways take turns, test example by test example. The paper's times are of ${paper.name} on a GPU of 2018, so compare them with each other.`,
      table(['seconds', 'here', 'in the paper'], rows),
      words({ all, vectorised, atOnce, theirs, best }, paper, agreement),
    ],
  }
}

/** The same inverse, with the seconds that each solve takes. */
function clocked(inverse) {
  const seconds = []
  const solve = async vectors => {
    const begin = performance.now()
    const solved = await inverse.solve(vectors)
    seconds.push((performance.now() - begin) / 1000)
    return solved
  }
  return { ...inverse, solve, seconds }
}

/** The gradient of the loss at a test point, f̃δᵀ. */
function gradientOf(theta, { features, output }) {
  const residual = Float64Array.from(logitsOf(theta, features))
  lossOf('softmax').activate(residual)
  residual[output] -= 1
  return outer(Float64Array.of(...features, 1), residual)
}

/** Items for which it is said how far it is. */
const PACE = 10

/**
 * Gives each item to several in turn, so that what else the machine does hits all of them, after one round that is
 * not counted: the seconds and the answers of each.
 */
async function inTurn(items, players, onProgress) {
  const taken = Object.fromEntries(Object.keys(players).map(name => [name, { seconds: [], answers: [] }]))
  for (const play of Object.values(players)) await play(items[0])
  for (const [done, item] of items.entries()) {
    for (const [name, play] of Object.entries(players)) {
      const begin = performance.now()
      taken[name].answers.push(await play(item))
      taken[name].seconds.push((performance.now() - begin) / 1000)
    }
    if ((done + 1) % PACE === 0) onProgress?.(done + 1, items.length)
  }
  return taken
}

/** Mean and standard deviation, with as many decimals as the deviation or the mean has two digits, whichever is less. */
function told({ seconds }) {
  const [middle, spread] = [mean(seconds), deviation(seconds)]
  const least = Math.min(...[middle, spread].filter(x => x > 0))
  const decimals = Math.max(0, 1 - Math.floor(Math.log10(least)))
  return `${fixed(middle, decimals)} ± ${fixed(spread, decimals)}`
}

function words({ all, vectorised, atOnce, theirs, best }, paper, agreement) {
  const times = (a, b) => {
    const ratio = mean(a.seconds) / mean(b.seconds)
    return `${fixed(ratio, ratio < 10 ? 1 : 0)} times`
  }
  const [influence, representer] = [paper.influence, paper.representer].map(Number.parseFloat)
  const verdict =
    mean(vectorised.seconds) > mean(all.seconds)
      ? 'Agrees in that representer values take less than influence by solves; the most part of the paper’s factor is the program, not the method.'
      : 'Does not agree: vectorised influence takes no longer.'
  return `In the paper influence takes ${fixed(influence / representer, 0)} times as long as representer values. Computed in the same way it takes ${times(theirs, all)} as long here, vectorised ${times(vectorised, all)}, and with the Hessian factored once, which a head is small enough for, ${times(atOnce, all)}: both are then little more than one product with all training features. ${verdict} The ${K} largest and smallest representer values, which the index finds exactly, take 1/${fixed(mean(all.seconds) / mean(best.seconds), 0)} of the time of all. The influence of both ways correlates (Pearson, mean) at ${fixed(mean(agreement), 5)}.`
}
