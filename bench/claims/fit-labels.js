// Heads fitted to labels, against scikit-learn's LogisticRegression.

import { join } from 'node:path'
import { writeLabels, writeMatrix } from '../frame/arrays.js'
import { GAP, judgeLast, ourFit } from '../frame/fits.js'
import { oneHot, overlappingClasses } from '../frame/generated.js'
import { mnistFeatures } from '../frame/mnist.js'
import { absent, Peer } from '../frame/peer.js'
import { faster } from '../frame/row.js'
import { inTurn, medianOf } from '../frame/timing.js'
import { seconds, tiny } from '../frame/units.js'

const TARGET = { atLeast: 5 }
const ROUNDS = 3
const SEED = 7
const SOLVERS = ['lbfgs', 'lbfgs, tight ftol', 'newton-cg']
/** λ, and whether it is what must be reached or only reported. */
const LAMBDAS = [
  [0.003, TARGET],
  [1e-4, null],
]
/** A solver that needs longer than this to find its tolerance is not the fastest. */
const PATIENCE_SECONDS = 90

const DATA = {
  'MNIST features': mnistFeatures,
  generated: (_, { quick }) => {
    const [n, d, c] = quick ? [4_000, 128, 20] : [20_000, 512, 100]
    const { labels, blocks } = overlappingClasses({ n, d, c }, SEED)
    const [data] = blocks(n)
    return { features: { rows: n, cols: d, data }, labels }
  },
}

export async function measure(setting) {
  const rows = []
  for (const [name, read] of Object.entries(DATA)) {
    const data = await read(setting.directory, setting)
    for (const [lambda, target] of LAMBDAS) {
      setting.say(`${name}, λ ${lambda}`)
      rows.push(await against(setting, name, data, lambda, target))
    }
  }
  return rows
}

async function against({ directory, peers, say }, name, { features, labels }, lambda, target) {
  const c = labels.reduce((most, y) => Math.max(most, y), 0) + 1
  const problem = { features, targets: oneHot(labels, c), lambda }
  const fitOurs = ourFit(problem)
  const judged = judgeLast(problem, [await fitOurs()])
  const peer = Peer.start(peers, 'sklearn', 'fit_sklearn.py', [
    writeMatrix(directory, 'features', features),
    writeLabels(directory, 'labels', labels),
    lambda,
    join(directory, 'theta.npy'),
  ])
  const request = { gradientNorm: judged.gradientNorm, patience: PATIENCE_SECONDS }
  const tries = []
  for (const solver of peer ? SOLVERS : []) {
    say(`tolerance of ${solver}`)
    tries.push({ solver, ...(await peer.measure({ ...request, solver })) })
  }
  const best = fastest(tries)
  const { ours, theirs } = await inTurn(ROUNDS, {
    ours: fitOurs,
    ...(best && { theirs: () => peer.measure({ ...request, solver: best.solver }) }),
  })
  await peer?.end()

  const what = `${name}, ${features.rows} × ${features.cols + 1} × ${c}, λ ${lambda}`
  const value = medianOf(ours, 'seconds')
  const certificate = `completeness gap ${tiny(judged.gap)} of at most ${GAP} logits`
  const options = {
    target,
    checks: target ? [{ what: certificate, reached: judged.gap <= GAP }] : [],
    notes: [
      ...(target ? [] : [certificate]),
      `CPU time ${seconds(medianOf(ours, 'cpuSeconds'))}, ${ours[0].iterations} iterations, ‖gradient‖ ${tiny(judged.gradientNorm)}`,
      ...tries.map(told),
      ...(peer ? ['newton-cholesky does not fit a softmax in this version'] : []),
    ],
  }
  if (!best)
    return faster(what, value, { absent: peer ? 'no solver came so far' : absent('sklearn') }, options)
  return faster(
    what,
    value,
    { name: `${peer.name} ${best.solver}`, value: medianOf(theirs, 'seconds') },
    options,
  )
}

/** Of those that came to our gradient. */
function fastest(tries) {
  return tries.filter(({ reached }) => reached).sort((a, b) => a.seconds - b.seconds)[0]
}

function told({ solver, reached, timedOut, seconds: taken, cpuSeconds, iterations, gradientNorm }) {
  if (timedOut) return `${solver}: no tolerance found in ${PATIENCE_SECONDS} s`
  const how = `${seconds(taken)}, CPU time ${seconds(cpuSeconds)}, ${iterations} iterations, ‖gradient‖ ${tiny(gradientNorm)}`
  return `${solver}: ${how}${reached ? '' : ', and no smaller at any tolerance'}`
}
