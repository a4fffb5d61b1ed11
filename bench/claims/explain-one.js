// One test point explained while somebody waits, against a scan by PyTorch.

import { availableParallelism } from 'node:os'
import { bytesRead, K, openBoth, sameRows } from '../frame/explanations.js'
import { absent } from '../frame/peer.js'
import { faster } from '../frame/row.js'
import { inTurn, median, quantile } from '../frame/timing.js'
import { count, seconds } from '../frame/units.js'

const TARGET = { atLeast: 200 }
/** Seconds at the 99th percentile. */
const MOST = 1e-3
const ROUNDS = 5
const PEER_POINTS = 300
/** What else it may be run by: threads cost more than they bring where there is little to do. */
const THREADS = [...new Set([1, availableParallelism()])]

export async function measure(setting) {
  const both = await openBoth(setting)
  const { explainer, points, peer } = both
  const explainEach = () => points.map(features => secondsOf(() => explainer.explain(features, { k: K })))
  explainEach()
  setting.say(`${ROUNDS} rounds`)
  const { ours, ...theirs } = await inTurn(ROUNDS, {
    ours: explainEach,
    ...(peer && Object.fromEntries(THREADS.map(threads => [threads, askPeer(peer, threads)]))),
  })
  const taken = ours.flat()
  const value = median(taken)
  const late = quantile(taken, 0.99)

  const read = points.map(features => explainer.explain(features, { k: K }).read)
  const { n, d } = explainer.manifest
  const perPoint = bytesRead(read, d) / points.length
  const checks = [
    { what: `${seconds(late)} at the 99th percentile, under ${seconds(MOST)}`, reached: late < MOST },
  ]
  const notes = [`reads ${median(read)} of ${count(n)} rows at the median`]
  let against = { absent: absent('torch') }
  if (peer) {
    const medians = THREADS.map(threads => [median(theirs[threads].flat()), threads])
    const [[best, threads]] = medians.sort(([a], [b]) => a - b)
    against = { name: `${peer.name}, ${threads} threads`, value: best }
    checks.push(await sameRows(both))
    notes.push(`PyTorch ${seconds(quantile(theirs[threads].flat(), 0.99))} at the 99th percentile`)
    await peer.end()
  }
  await explainer.close()
  return faster(`median of ${count(points.length)} points, n = ${count(n)}, k = ${K}`, value, against, {
    target: TARGET,
    checks,
    notes,
    limit: { of: 'memoryStream', rate: perPoint / mean(taken) },
  })
}

/** Every turn other points. */
function askPeer(peer, threads) {
  let start = 0
  return async () => {
    const { taken } = await peer.measure({ what: 'one', start, count: PEER_POINTS, threads })
    start += PEER_POINTS
    return taken
  }
}

function secondsOf(work) {
  const start = performance.now()
  work()
  return (performance.now() - start) / 1000
}

function mean(values) {
  return values.reduce((sum, x) => sum + x, 0) / values.length
}
