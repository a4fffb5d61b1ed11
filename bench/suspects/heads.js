// The heads that mislabel scores look at, with λ chosen on the noisy labels alone.

import {
  fitHead,
  labelTargets,
  memoryRows,
  mislabelScores,
  openRuntime,
  teacherTargets,
} from '../frame/library.js'
import { CLASSES } from './data.js'

const LAMBDAS = [1e-1, 1e-2, 1e-3, 1e-4]
const GAP = 1e-4

const labelProblem = (features, labels, lambda) => ({
  features: memoryRows(features),
  targets: labelTargets(labels, CLASSES),
  activation: 'softmax',
  lambda,
  bias: 'regularised',
})

/**
 * The head fitted to noisy labels, at the λ under which heads that have not seen an example lose least on its label:
 * five folds, from large λ down until it is more again.
 */
export async function crossValidatedHead(features, labels) {
  const runtime = openRuntime()
  let best
  let start
  for (const lambda of LAMBDAS) {
    const problem = labelProblem(features, labels, lambda)
    const { theta } = await fitHead(runtime, problem, { gap: GAP, ...(start && { start }) })
    start = theta
    const source = { problem, theta, classes: labels }
    const { suspicion } = await mislabelScores(runtime, 'out-of-fold', source)
    const loss = suspicion.reduce((sum, x) => sum + x, 0) / suspicion.length
    if (best && loss >= best.loss) break
    best = { loss, source }
  }
  return best.source
}

/** The head fitted to what a given model says. */
export async function teacherHead(features, logits, lambda) {
  const targets = memoryRows(teacherTargets(logits, 'softmax'))
  const problem = {
    features: memoryRows(features),
    targets,
    activation: 'softmax',
    lambda,
    bias: 'regularised',
  }
  const { theta } = await fitHead(openRuntime(), problem, { gap: GAP })
  return { problem, theta }
}
