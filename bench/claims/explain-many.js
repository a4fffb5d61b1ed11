// All test points explained, against blocked products by PyTorch.

import { bytesRead, K, openBoth, sameRows } from '../frame/explanations.js'
import { absent } from '../frame/peer.js'
import { faster } from '../frame/row.js'
import { inTurn, median, medianOf, timed } from '../frame/timing.js'
import { count, seconds } from '../frame/units.js'

const TARGET = { atLeast: 20 }
const ROUNDS = 3
/** Points at once, and over how many the best of these is chosen. */
const SIZES = [16, 64, 256, 1024]
const TRIED = 2048

export async function measure(setting) {
  const both = await openBoth(setting)
  const { explainer, points, peer } = both
  /** Both go through the answers and keep none of them. */
  const explainAll = async () => {
    const read = []
    const { seconds } = await timed(async () => {
      for await (const explanation of explainer.explainMany(points, { k: K })) read.push(explanation.read)
    })
    return { seconds: seconds / points.length, read }
  }
  await explainAll()
  const tries = []
  for (const size of peer ? SIZES : []) {
    const request = { what: 'block', size, count: Math.min(TRIED, points.length) }
    tries.push({ size, ...(await peer.measure(request)) })
  }
  const best = tries.sort((a, b) => a.seconds - b.seconds)[0]
  setting.say(`${ROUNDS} rounds`)
  const { ours, theirs } = await inTurn(ROUNDS, {
    ours: explainAll,
    ...(best && { theirs: () => peer.measure({ what: 'block', size: best.size, count: points.length }) }),
  })
  const { n, d } = explainer.manifest
  const { read } = ours.at(-1)
  const value = medianOf(ours, 'seconds')
  const options = {
    target: TARGET,
    checks: peer ? [await sameRows(both)] : [],
    notes: [
      `reads ${median(read)} of ${count(n)} rows at the median`,
      ...tries.map(({ size, seconds: taken }) => `PyTorch, ${size} points at once: ${seconds(taken)} each`),
    ],
    limit: { of: 'memoryStream', rate: bytesRead(read, d) / points.length / value },
  }
  await peer?.end()
  await explainer.close()
  const what = `${count(points.length)} points, each, n = ${count(n)}, k = ${K}`
  return faster(
    what,
    value,
    best
      ? { name: `${peer.name}, ${best.size} at once`, value: medianOf(theirs, 'seconds') }
      : { absent: absent('torch') },
    options,
  )
}
