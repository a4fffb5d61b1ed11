// Figure 1: outputs made up of representer values beside the given network's.

import { logitsOf, rowOf } from './datasets.js'
import {
  brief,
  compareWithGiven,
  count,
  fitHead,
  fixed,
  kernelOf,
  lossOf,
  memoryRows,
  percent,
  randomRows,
  scatterChart,
} from './library.js'
import { table } from './page.js'

/** Examples of a split whose outputs are drawn. */
const DRAWN = 150
const SEED = 1

/** Of CIFAR-10 under the authors' VGG-16, as their notebook prints them. */
const PAPER = {
  lambda: 0.003,
  train: { pearson: 0.99979, meanAbsoluteDifference: 0.000917 },
  test: { pearson: 0.99685, meanAbsoluteDifference: 0.004192 },
}

/** The strengths that follow the paper's, until the correlation on training examples is the paper's. */
const SMALLER = [0.001, 3e-4, 1e-4, 3e-5, 1e-5]

const SPLITS = ['train', 'test']

export async function run({ dataset, runtime, say }) {
  const { name, explainer, given } = dataset
  const { fidelity, n, tests, lambda } = explainer.manifest
  const found = [{ lambda, ...fidelity }]
  for (const smaller of SMALLER) {
    if (isAsClose(found.at(-1))) break
    say(`λ ${smaller}`)
    const problem = { ...dataset.teacher.problem, lambda: smaller }
    const { theta } = await fitHead(runtime, problem, { start: given })
    const [train, test] = await Promise.all(SPLITS.map(split => closeness(runtime, theta, dataset[split])))
    found.push({ lambda: smaller, train, test })
  }
  const rows = found.map(({ lambda, ...ofSplits }) => [
    `${brief(lambda)}`,
    ...SPLITS.flatMap(split => told(ofSplits[split])),
  ])
  const headings = SPLITS.flatMap(split => [
    `Pearson, ${split === 'train' ? 'training' : 'test'}`,
    'mean absolute difference',
    'same class',
  ])
  return {
    parts: [
      `${name}, ${count(n)} training and ${count(tests)} test examples:`,
      table(
        ['λ', ...headings],
        [
          ...rows,
          [
            `in the paper, ${PAPER.lambda}`,
            ...SPLITS.flatMap(split => [...told(PAPER[split]).slice(0, 2), '']),
          ],
        ],
      ),
      words(found),
      ...SPLITS.map(split => chartOf(dataset, split)),
    ],
  }
}

const told = ({ pearson, meanAbsoluteDifference, argmaxAgreement }) => [
  fixed(pearson, 5),
  fixed(meanAbsoluteDifference, 6),
  percent(argmaxAgreement, 2),
]

const isAsClose = ({ train }) => train.pearson >= PAPER.train.pearson

/** How close a head's outputs come to the given ones. */
async function closeness(runtime, theta, { features, logits }) {
  const kernel = kernelOf('regularised', features.cols)
  const head = {
    features: memoryRows(features),
    theta,
    kernel,
    activation: 'softmax',
    task: 'classification',
  }
  const residual = { ...theta, data: new Float64Array(theta.data.length) }
  const { fidelity } = await compareWithGiven(runtime, { ...head, residual }, memoryRows(logits))
  return fidelity
}

/**
 * How the outputs made up of representer values compare with the paper's, at its λ and at smaller ones.
 *
 * @param {readonly { lambda: number, train: object, test: object }[]} found the paper's λ first
 */
export function words(found) {
  const [{ train, test }] = found
  const last = found.at(-1)
  const smaller = isAsClose(last)
    ? `The paper’s correlation on training examples is reached at λ ${brief(last.lambda)}; what λ does depends on the size of the features, which is another in each network.`
    : `At λ ${brief(last.lambda)} the paper’s correlation on training examples is not reached yet.`
  const ratio = test.meanAbsoluteDifference / train.meanAbsoluteDifference
  const papers = PAPER.test.meanAbsoluteDifference / PAPER.train.meanAbsoluteDifference
  return `${verdictOf(found[0])} ${smaller} The difference on test examples is ${fixed(ratio, 1)} times that on training examples, in the paper ${fixed(papers, 1)} times.`
}

/** Close is what both the correlation and the difference call so. */
function verdictOf(found) {
  const isClose = split =>
    found[split].pearson >= PAPER[split].pearson &&
    found[split].meanAbsoluteDifference <= PAPER[split].meanAbsoluteDifference
  const close = SPLITS.filter(isClose)
  const at = 'at the paper’s λ outputs made up of representer values are'
  if (close.length === 2) {
    return `Agrees: ${at} at least as close to the given ones as in the paper, on training and test examples alike.`
  }
  if (close.length === 0) {
    return `Does not agree: ${at} less close to the given ones than in the paper, on training and test examples alike.`
  }
  const [better, worse] = close[0] === 'test' ? ['test', 'training'] : ['training', 'test']
  return `Agrees in part: ${at} at least as close to the given ones as in the paper on ${better} examples, and less close on ${worse} examples.`
}

function chartOf({ name, teacher, ...dataset }, split) {
  const { features, logits } = dataset[split]
  const { activate } = lossOf('softmax')
  const points = []
  for (const row of randomRows(features.rows, DRAWN, SEED)) {
    const [given, fitted] = [
      Float64Array.from(rowOf(logits, row)),
      logitsOf(teacher.theta, rowOf(features, row)),
    ]
    activate(given)
    activate(fitted)
    given.forEach((x, j) => {
      points.push({ x, y: fitted[j] })
    })
  }
  const what = split === 'train' ? 'training' : 'test'
  return scatterChart({
    title: `${name}, ${what} examples`,
    words: `Outputs after the softmax of ${DRAWN} ${what} examples of ${name}, given against made up of representer values; on the diagonal they are the same.`,
    xName: 'given output',
    yName: 'made up of representer values',
    points,
    diagonal: true,
  })
}
