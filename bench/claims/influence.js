// Representer values of one test point beside influence functions at the same head, which answer another question.

import { openExplainer } from '../../dist/index.js'
import { writeMatrix } from '../frame/arrays.js'
import { fitExplainer, givenHead, LAMBDA, readSplit, teacherTargets } from '../frame/cifar10.js'
import { K } from '../frame/explanations.js'
import { ourFit } from '../frame/fits.js'
import { absent, Peer } from '../frame/peer.js'
import { faster } from '../frame/row.js'
import { row } from '../frame/rows.js'
import { inTurn, median } from '../frame/timing.js'
import { count, seconds } from '../frame/units.js'

const ROUNDS = 5
const POINTS = 100

export async function measure(setting) {
  const { directory, peers, quick, say } = setting
  const { features, logits } = await readSplit('train', { quick })
  const test = (await readSplit('test', { quick })).features
  const problem = { features, targets: teacherTargets(logits), lambda: LAMBDA, start: await givenHead() }
  const { theta } = await ourFit(problem)()
  const explainer = await openExplainer(await fitExplainer(directory, setting))
  const { rows, cols } = problem.start
  const peer = Peer.start(peers, 'torch', 'influence.py', [
    writeMatrix(directory, 'features', features),
    writeMatrix(directory, 'targets', problem.targets),
    writeMatrix(directory, 'theta', { rows, cols, data: theta }),
    LAMBDA,
    writeMatrix(directory, 'points', test),
    K,
  ])
  say('factoring the Hessian')
  const factored = await peer?.measure({ what: 'factor' })
  let start = 0
  const explainSome = () => {
    start += POINTS
    return Array.from({ length: POINTS }, (_, k) => {
      const point = row(test, (start + k) % test.rows)
      const begin = performance.now()
      explainer.explain(point, { k: K })
      return (performance.now() - begin) / 1000
    })
  }
  for (let k = 0; k < 10; k++) explainSome()
  const { ours, theirs } = await inTurn(ROUNDS, {
    ours: explainSome,
    ...(peer && { theirs: async () => (await peer.measure({ what: 'one', start, count: POINTS })).taken }),
  })
  await peer?.end()
  await explainer.close()
  const against = theirs
    ? { name: `influence at the head, ${peer.name}`, value: median(theirs.flat()) }
    : { absent: absent('torch') }
  return faster(`one test point, n = ${count(features.rows)}, median`, median(ours.flat()), against, {
    notes: factored
      ? [
          `before its first point it builds and factors the ${rows * cols} × ${rows * cols} Hessian in ${seconds(factored.seconds)}`,
        ]
      : [],
  })
}
