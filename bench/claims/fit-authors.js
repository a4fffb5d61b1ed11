// The head of a residual network on CIFAR-10, fitted to its own outputs, against the method's authors' algorithm.

import { givenHead, LAMBDA, readSplit, teacherTargets } from '../frame/cifar10.js'
import { GAP, judgeLast, ourFit, peerFit } from '../frame/fits.js'
import { absent } from '../frame/peer.js'
import { faster } from '../frame/row.js'
import { inTurn, medianOf } from '../frame/timing.js'
import { tiny } from '../frame/units.js'

const TARGET = { atLeast: 100 }
const PATIENCE_SECONDS = 300

export async function measure({ directory, peers, quick, say }) {
  const { features, logits } = await readSplit('train', { quick })
  const problem = { features, targets: teacherTargets(logits), lambda: LAMBDA, start: await givenHead() }
  const fitOurs = ourFit(problem)
  const peer = peerFit(peers, 'fit_gradient_descent.py', directory, problem)

  await fitOurs()
  say('gradient descent, once between fits of ours')
  const before = await inTurn(2, { ours: fitOurs })
  const { theirs } = await inTurn(1, peer ? { theirs: () => peer.fit({ patience: PATIENCE_SECONDS }) } : {})
  const after = await inTurn(2, { ours: fitOurs })
  await peer?.end()

  const ours = [...before.ours, ...after.ours]
  const judged = judgeLast(problem, ours)
  const checks = [
    { what: `completeness gap ${tiny(judged.gap)} of at most ${GAP} logits`, reached: judged.gap <= GAP },
  ]
  const notes = []
  if (theirs) {
    const [{ iterations, evaluations, finished }] = theirs
    const other = judgeLast(problem, theirs)
    const end = finished ? 'its gradient was 1/200 of the first' : `${PATIENCE_SECONDS} s, before it was done`
    notes.push(
      `gradient descent took ${iterations} steps and ${evaluations} evaluations until ${end}; its gap is ${tiny(other.gap)}`,
    )
  }
  const against = theirs
    ? { name: `gradient descent, ${peer.name}`, value: theirs[0].seconds }
    : { absent: absent('torch') }
  const what = `fitHead, ${features.rows} × ${features.cols + 1} × ${logits.cols}, λ ${LAMBDA}`
  return faster(what, medianOf(ours, 'seconds'), against, { target: TARGET, checks, notes })
}
