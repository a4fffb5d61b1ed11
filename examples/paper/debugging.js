// Figure 2: two classes, two fifths of the training labels flipped; in which order does a person find the flips?

import { logitsOf, rowOf } from './datasets.js'
import { byScore, corrected, flipped, pixelsOfPair, sampleOfPair } from './flips.js'
import {
  alphaBlocks,
  brief,
  count,
  FactoredHessian,
  fitHead,
  fixed,
  foundShares,
  labelTargets,
  leverages,
  lineChart,
  memoryRows,
  percent,
  random,
} from './library.js'
import { table } from './page.js'
import { deviation, mean, shareWithDeviation } from './statistics.js'

const LAMBDA = 0.01
/** Strengths that are tried beside the paper's, at one share. */
const SMALLER = [1e-3, 1e-4]
const FLIPPED = 0.4
const PER_CLASS = 1000
const SPLITS = 5
const SHARES = Array.from({ length: 11 }, (_, k) => k / 20)

/** Read off the paper's figure: CIFAR-10, automobile and horse, after the first 40 %. */
const READ = 0.4
const PAPER = {
  found: { representer: 0.44, influence: 0.445, random: 0.395 },
  accuracy: { before: 0.547, representer: 0.649, influence: 0.638, random: 0.623 },
}

const ORDERS = Object.keys(PAPER.found)

export async function run({ dataset, runtime, say }) {
  const [train, test] = await Promise.all(
    [dataset.train, dataset.test].map(split => pixelsOfPair(split, dataset.pair)),
  )
  const found = new Map()
  for (const lambda of [LAMBDA, ...SMALLER]) {
    const shares = lambda === LAMBDA ? SHARES : [0, READ]
    const splits = []
    for (let seed = 1; seed <= SPLITS; seed++) {
      say(`λ ${lambda}, split ${seed} of ${SPLITS}`)
      splits.push(
        await runSplit(runtime, sampleOfPair(train, PER_CLASS, seed), test, { lambda, shares, seed }),
      )
    }
    found.set(lambda, splits)
  }
  return told(dataset, found, test)
}

/** What is found, and how good the head is after each share that is inspected, by order. */
async function runSplit(runtime, { features, classes }, test, { lambda, shares, seed }) {
  const { labels, isFlipped } = flipped(classes, FLIPPED, seed)
  const solve = async (labels, start) => {
    const problem = {
      features: memoryRows(features),
      targets: labelTargets(labels, 1),
      activation: 'sigmoid',
      lambda,
      bias: 'regularised',
    }
    const { theta } = await fitHead(runtime, problem, start && { start })
    return { problem, theta }
  }
  const noisy = await solve(labels)
  const scores = await scoresOf(runtime, noisy, labels, seed)
  const orders = Object.fromEntries(ORDERS.map(name => [name, byScore(scores[name])]))
  const found = {}
  const accuracy = {}
  for (const name of ORDERS) {
    found[name] = foundShares(scores[name], isFlipped, shares)
    accuracy[name] = []
    for (const share of shares) {
      const inspected = Math.round(share * classes.length)
      const { theta } = await solve(corrected(labels, classes, orders[name], inspected), noisy.theta)
      accuracy[name].push(accuracyOf(theta, test))
    }
  }
  const clean = accuracyOf((await solve(classes)).theta, test)
  return { found, accuracy, clean, isOrderOfLoss: falls(orders.representer.map(row => scores.loss[row])) }
}

/** Whether numbers never rise, but for what single precision makes of two that are nearly the same. */
const falls = values => values.every((x, k) => k === 0 || x <= values[k - 1] * (1 + 1e-6))

/** How suspect each training example is, by each order, and its loss. */
async function scoresOf(runtime, { problem, theta }, labels, seed) {
  const n = labels.length
  const scores = { representer: new Float64Array(n), loss: new Float64Array(n) }
  for await (const { start, alpha, logits } of alphaBlocks(runtime, problem, theta)) {
    for (let k = 0; k < alpha.rows; k++) {
      scores.representer[start + k] = Math.abs(alpha.data[k])
      scores.loss[start + k] = Math.log1p(
        Math.exp(labels[start + k] === 1 ? -logits.data[k] : logits.data[k]),
      )
    }
  }
  const hessian = await FactoredHessian.make(runtime, problem, theta)
  const { selfInfluence } = await leverages(runtime, problem, theta, hessian)
  await hessian.release()
  const uniform = random(1000 + seed)
  return { ...scores, influence: selfInfluence, random: Float64Array.from(labels, uniform) }
}

function accuracyOf(theta, { features, classes }) {
  let right = 0
  for (let i = 0; i < features.rows; i++) {
    right += Number(Number(logitsOf(theta, rowOf(features, i))[0] > 0) === classes[i])
  }
  return right / features.rows
}

function told({ id, name, pair, classNames }, all, test) {
  const splits = all.get(LAMBDA)
  const of = (kind, order) => SHARES.map((_, k) => splits.map(split => split[kind][order][k]))
  const [found, accuracy] = ['found', 'accuracy'].map(kind =>
    Object.fromEntries(ORDERS.map(order => [order, of(kind, order)])),
  )
  const at = SHARES.indexOf(READ)
  const inspected = SHARES.map((_, k) => k).slice(1)
  const isAsGood = k => mean(found.representer[k]) >= mean(found.influence[k]) - deviation(found.influence[k])
  const isBetter = k => mean(found.representer[k]) > mean(found.random[k])
  const asGood = inspected.filter(isAsGood)
  const better = inspected.filter(isBetter)
  const classes = pair.map(y => classNames[y]).join(' and ')
  const setting = `${name}, ${classes}, raw pixels, ${count(2 * PER_CLASS)} training examples of which ${percent(FLIPPED, 0)} are flipped, λ ${LAMBDA}, ${SPLITS} splits, ${count(test.classes.length)} test examples`
  const isPapers = id === 'cifar10'
  const paper = value => (isPapers ? [value] : [])
  const left = order => found[order][at].map(share => FLIPPED * (1 - share))
  const rows = ORDERS.map(order => [
    order,
    shareWithDeviation(found[order][at]),
    ...paper(percent(PAPER.found[order], 1)),
    shareWithDeviation(left(order)),
    shareWithDeviation(accuracy[order][at]),
    ...paper(percent(PAPER.accuracy[order], 1)),
  ])
  const before = accuracy.random[0]
  return {
    parts: [
      `${setting}. After the first ${percent(READ, 0)} are inspected, mean and standard deviation over the splits:`,
      table(
        [
          'order',
          'flips found',
          ...paper('in the paper'),
          'labels wrong afterwards',
          'test accuracy after the refit',
          ...paper('in the paper'),
        ],
        rows,
      ),
      `Before any is inspected the accuracy is ${shareWithDeviation(before)}${isPapers ? ` (in the paper ${percent(PAPER.accuracy.before, 1)})` : ''}, with all labels right ${shareWithDeviation(splits.map(({ clean }) => clean))}.`,
      `${flipWords(asGood.length, better.length, inspected.length)} ${lossWords(splits)}`,
      accuracyWords(accuracy, at),
      'The same under smaller λ, where the head follows the flips more closely:',
      lambdaTable(all),
      ...(isPapers ? [nearestWords([...all].map(meansOf))] : []),
      chartOf('Flips found', `share of the flips that is found, ${name}`, found),
      chartOf('Accuracy after the refit', `test accuracy, ${name}`, accuracy),
    ],
    checks: [
      {
        what: `as many flips as influence less one standard deviation, ${percent(READ, 0)} inspected`,
        reached: isAsGood(at),
      },
      { what: `more flips than at random, ${percent(READ, 0)} inspected`, reached: isBetter(at) },
    ],
  }
}

function flipWords(asGood, better, of) {
  const agrees = asGood === of && better === of
  return `Flips found: ${agrees ? 'agrees' : 'agrees in part'}. The representer order finds at least as many as the influence order less one standard deviation at ${asGood} of the ${of} shares that were inspected, and more than the random order at ${better}.`
}

/** |α| at the label is (1 − p) / 2λn: its order is that of the loss. */
function lossWords(splits) {
  const same = splits.filter(({ isOrderOfLoss }) => isOrderOfLoss).length
  return `It is the order of the loss in ${same} of ${splits.length} splits, as it has to be: with labels as targets |α| is (1 − p)/2λn, p being the likelihood of the label.`
}

/**
 * Whether the representer order leads to the better heads. Orders are compared split by split; a difference is more
 * than chance where its mean is more than two standard errors of the mean from 0.
 *
 * @param {{ [order: string]: number[][] }} accuracy by order, share and split
 * @param {number} at the place of the share
 */
export function accuracyWords(accuracy, at) {
  const others = ['influence', 'random'].map(other => {
    const values = accuracy.representer[at].map((x, k) => x - accuracy[other][at][k])
    const middle = mean(values)
    const isTold = Math.abs(middle) > (2 * deviation(values)) / Math.sqrt(values.length)
    return { other, middle, spread: deviation(values), isTold, isBetter: isTold && middle > 0 }
  })
  const verdict = others.every(({ isBetter }) => isBetter)
    ? 'agrees'
    : others.some(({ isBetter }) => isBetter)
      ? 'agrees in part'
      : 'does not agree'
  const told = others.map(
    ({ other, middle, spread, isTold }) =>
      `${middle < 0 ? 'behind' : 'ahead of'} the ${other} order by ${fixed(100 * Math.abs(middle), 1)} ± ${fixed(100 * spread, 1)} points, which is ${isTold ? '' : 'not '}more than chance`,
  )
  return `Accuracy: ${verdict}. After ${percent(READ, 0)} are inspected the representer order is, split by split, ${told.join(', and ')} (two standard errors of the mean); in the paper it is ahead of both. A count of flips says less of the accuracy than it seems to: those that are left at random pull the head no one way, and those that an order by fit leaves are those that the head agrees with.`
}

/**
 * Under which λ what is found is nearest to what was read off the paper's figure.
 *
 * @param {readonly { lambda: number, before: number, found: object, accuracy: object }[]} means
 */
export function nearestWords(means) {
  const distance = ({ before, found, accuracy }) =>
    (before - PAPER.accuracy.before) ** 2 +
    ORDERS.reduce(
      (sum, order) =>
        sum + (found[order] - PAPER.found[order]) ** 2 + (accuracy[order] - PAPER.accuracy[order]) ** 2,
      0,
    )
  const { lambda, accuracy } = means.toSorted((a, b) => distance(a) - distance(b))[0]
  const isOrdered =
    accuracy.representer > accuracy.influence && accuracy.influence > accuracy.random
      ? ', and the representer order leads to the best accuracy, influence to the next, as there'
      : ''
  return `All numbers together are nearest to the paper’s under λ ${brief(lambda)}${isOrdered}. How strong a λ is depends on the scale of the pixels, which are in [0, 1] here.`
}

/** Where the share that the paper's figure was read at stands among those that were inspected. */
const placeOfRead = splits => (splits[0].found.random.length === SHARES.length ? SHARES.indexOf(READ) : 1)

function meansOf([lambda, splits]) {
  const at = placeOfRead(splits)
  const of = kind =>
    Object.fromEntries(ORDERS.map(order => [order, mean(splits.map(split => split[kind][order][at]))]))
  const before = mean(splits.map(({ accuracy }) => accuracy.random[0]))
  return { lambda, before, found: of('found'), accuracy: of('accuracy') }
}

function lambdaTable(all) {
  const rows = [...all].map(([lambda, splits]) => {
    const last = placeOfRead(splits)
    const told = (kind, order, at) => shareWithDeviation(splits.map(split => split[kind][order][at]))
    return [
      brief(lambda),
      told('accuracy', 'random', 0),
      ...['found', 'accuracy'].flatMap(kind => ORDERS.map(order => told(kind, order, last))),
    ]
  })
  const headings = ['found', 'accuracy'].flatMap(kind => ORDERS.map(order => `${kind}, ${order}`))
  return table(['λ', 'accuracy before', ...headings], rows)
}

function chartOf(title, yName, values) {
  const series = ORDERS.map(name => ({
    name,
    points: SHARES.map((share, k) => ({
      x: 100 * share,
      y: mean(values[name][k]),
      spread: deviation(values[name][k]),
    })),
  }))
  const ends = series.map(({ name, points }) => `${name} ${percent(points[SHARES.indexOf(READ)].y)}`)
  return lineChart({
    title,
    words: `${title} after ${percent(READ, 0)} are inspected: ${ends.join(', ')}; mean and standard deviation over the splits.`,
    xName: 'inspected, in percent',
    yName,
    series,
    xHolds: [0],
  })
}
