// Fits of a softmax head by us and by others, to the same objective, judged by the same judge.

import { join } from 'node:path'
import { readMatrix, writeMatrix } from './arrays.js'
import { judge } from './judge.js'
import { fitHead, memoryRows, openRuntime } from './library.js'
import { Peer } from './peer.js'
import { timed } from './timing.js'

/** The completeness gap to fit to, in logits. */
export const GAP = 1e-4

/**
 * @param {{ features: object, targets: object, lambda: number, start?: object }} problem F [n, d] and T [n, c] in
 *   float32; Θ to start from [d + 1, c], zero unless given
 * @returns a function that fits once, in memory, and answers { seconds, cpuSeconds, theta, iterations }
 */
export function ourFit({ features, targets, lambda, start }) {
  const runtime = openRuntime()
  const problem = {
    features: memoryRows(features),
    targets: memoryRows(targets),
    activation: 'softmax',
    bias: 'regularised',
    lambda,
  }
  return async () => {
    const { answer, ...taken } = await timed(() =>
      fitHead(runtime, problem, { gap: GAP, ...(start && { start }) }),
    )
    return { ...taken, theta: answer.theta.data, iterations: answer.iterations }
  }
}

/** A peer that fits the same problem from the same start; null where it is not installed. */
export function peerFit(peers, script, directory, { features, targets, lambda, start }) {
  const out = join(directory, 'theta.npy')
  const peer = Peer.start(peers, 'torch', script, [
    writeMatrix(directory, 'problem-features', features),
    writeMatrix(directory, 'problem-targets', targets),
    writeMatrix(directory, 'problem-start', start),
    lambda,
    out,
  ])
  if (peer === null) return null
  return {
    name: peer.name,
    fit: async request => ({ ...(await peer.measure(request)), theta: (await readMatrix(out)).data }),
    end: () => peer.end(),
  }
}

/** What the judge says of the last of several fits. */
export function judgeLast(problem, fits) {
  return judge(problem, fits.at(-1).theta)
}
