// The head of a residual network on CIFAR-10, fitted to its own outputs, against L-BFGS in PyTorch.

import { join } from 'node:path'
import { fit } from '../../dist/index.js'
import { fitFiles, givenHead, LAMBDA, readSplit, teacherTargets } from '../frame/cifar10.js'
import { GAP, judgeLast, ourFit, peerFit } from '../frame/fits.js'
import { absent } from '../frame/peer.js'
import { faster } from '../frame/row.js'
import { inTurn, medianOf, timed } from '../frame/timing.js'
import { bytes, seconds, tiny } from '../frame/units.js'

const ROUNDS = 3
const TARGET = { atLeast: 8 }

export async function measure({ directory, peers, quick, say }) {
  const { features, logits } = await readSplit('train', { quick })
  const problem = { features, targets: teacherTargets(logits), lambda: LAMBDA, start: await givenHead() }
  const files = await fitFiles(directory, { quick })
  const fitOurs = ourFit(problem)
  const fitVerb = () => timed(() => fit({ ...files, out: join(directory, 'explainer'), force: true }))
  const peer = peerFit(peers, 'fit_lbfgs.py', directory, problem)

  say('warming up')
  await fitOurs()
  say(`${ROUNDS} rounds`)
  const { ours, theirs, verb } = await inTurn(ROUNDS, {
    ours: fitOurs,
    ...(peer && { theirs: () => peer.fit() }),
    verb: fitVerb,
  })
  await peer?.end()

  const what = `fitHead, ${features.rows} × ${features.cols + 1} × ${logits.cols}, λ ${LAMBDA}`
  const judged = judgeLast(problem, ours)
  const checks = [
    { what: `completeness gap ${tiny(judged.gap)} of at most ${GAP} logits`, reached: judged.gap <= GAP },
  ]
  const notes = [`CPU time ${seconds(medianOf(ours, 'cpuSeconds'))}, ${ours.at(-1).iterations} iterations`]
  if (theirs) {
    const other = judgeLast(problem, theirs)
    checks.push({
      what: `‖gradient‖ ${tiny(judged.gradientNorm)} against ${tiny(other.gradientNorm)}, the smaller`,
      reached: judged.gradientNorm < other.gradientNorm,
    })
    const { evaluations, peakBytes } = theirs.at(-1)
    notes.push(
      `L-BFGS came to a gap of ${tiny(other.gap)} in ${evaluations} evaluations, is timed to its smallest gradient ` +
        `(it gave up after ${seconds(medianOf(theirs, 'totalSeconds'))}), CPU time ` +
        `${seconds(medianOf(theirs, 'cpuSeconds'))}, peak memory ${bytes(peakBytes)}`,
    )
  }
  const against = theirs
    ? { name: `${peer.name} L-BFGS`, value: medianOf(theirs, 'seconds') }
    : { absent: absent('torch') }
  return [
    faster(what, medianOf(ours, 'seconds'), against, { target: TARGET, checks, notes }),
    faster(`the verb fit, files to explainer`, medianOf(verb, 'seconds'), null, {
      notes: [`CPU time ${seconds(medianOf(verb, 'cpuSeconds'))}`],
    }),
  ]
}
