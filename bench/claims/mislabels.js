// How well suspects' default score finds wrong labels, and what it takes.

import { overlappingClasses } from '../frame/generated.js'
import {
  DEFAULT_SCORE,
  fitHead,
  labelTargets,
  memoryRows,
  mislabelScores,
  openRuntime,
  rocAuc,
} from '../frame/library.js'
import { mnistPixels } from '../frame/mnist.js'
import { row as tableRow } from '../frame/row.js'
import { timed } from '../frame/timing.js'
import { count, seconds } from '../frame/units.js'
import { CLASSES, noisyLabels } from '../suspects/data.js'
import { crossValidatedHead } from '../suspects/heads.js'

const LEAST = 0.985
const NOISE = { share: 0.1, kind: 'symmetric' }

export async function measure({ quick, say }) {
  say("MNIST's pixels")
  const found = await measurePixels(quick ? 1000 : 5000, quick)
  say('what it takes')
  return [found, await measureCost(quick ? { n: 2000, d: 32 } : { n: 50_000, d: 512 })]
}

async function measurePixels(n, quick) {
  const runtime = openRuntime()
  const { features, labels: right } = mnistPixels('train', n)
  const { labels, isWrong } = noisyLabels(right, NOISE)
  const source = await crossValidatedHead(features, labels)
  const { answer, seconds: taken } = await timed(() => mislabelScores(runtime, DEFAULT_SCORE, source))
  const auc = rocAuc(answer.suspicion, isWrong)
  const ofLoss = rocAuc((await mislabelScores(runtime, 'loss', source)).suspicion, isWrong)
  return tableRow({
    what: `MNIST's pixels, 10 % flips, n = ${count(n)}, ROC-AUC of ${DEFAULT_SCORE}`,
    unit: 'area',
    ours: auc,
    peer: { name: 'the loss, which |α| orders as', value: ofLoss },
    ratio: null,
    checks: [{ what: `at least ${LEAST}`, reached: quick || auc >= LEAST }],
    notes: [
      `λ ${source.problem.lambda}, of the least loss over five folds of the noisy labels`,
      `${seconds(taken)} for the score`,
    ],
  })
}

async function measureCost({ n, d }) {
  const runtime = openRuntime()
  const { labels, blocks } = overlappingClasses({ n, d, c: CLASSES }, 1)
  const [data] = blocks(n)
  const problem = {
    features: memoryRows({ rows: n, cols: d, data }),
    targets: labelTargets(labels, CLASSES),
    activation: 'softmax',
    lambda: 0.003,
    bias: 'regularised',
  }
  const { theta } = await fitHead(runtime, problem)
  const source = { problem, theta, classes: labels }
  const { seconds: ours, cpuSeconds } = await timed(() => mislabelScores(runtime, DEFAULT_SCORE, source))
  const folds = await timed(() => mislabelScores(runtime, 'out-of-fold', source))
  return tableRow({
    what: `${DEFAULT_SCORE}, ${count(n)} × ${d} × ${CLASSES}`,
    unit: 'seconds',
    ours,
    peer: { name: 'heads of five folds', value: folds.seconds },
    ratio: folds.seconds / ours,
    notes: [`CPU time ${seconds(cpuSeconds)}`],
  })
}
