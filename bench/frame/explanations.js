// Explanations of the CIFAR-10 test split by us and by PyTorch.

import { join } from 'node:path'
import { openExplainer } from '../../dist/index.js'
import { writeLabels, writeMatrix } from './arrays.js'
import { fitExplainer, readSplit, testFeatures } from './cifar10.js'
import { Peer } from './peer.js'

/** How many examples of each sign. */
export const K = 10

/** Test points whose rows are compared with the peer's. */
const COMPARED = 200

/** An explainer of CIFAR-10 that is open, the test points, the outputs that are explained, and the peer at the same. */
export async function openBoth(setting) {
  const { directory, peers, say } = setting
  say('fitting an explainer')
  const path = await fitExplainer(directory, setting)
  const explainer = await openExplainer(path)
  const points = await testFeatures(setting)
  say(`explaining ${points.length} points to warm up`)
  const outputs = points.map(features => explainer.explain(features, { k: K }).output)
  const peer = Peer.start(peers, 'torch', 'explain.py', [
    join(path, 'train', 'features.npy'),
    join(path, 'alpha.npy'),
    writeMatrix(directory, 'points', (await readSplit('test', setting)).features),
    writeLabels(directory, 'outputs', outputs),
    K,
  ])
  return { explainer, points, peer }
}

/** Bytes of features in all rows that explanations read, each so many. */
export function bytesRead(read, d) {
  return read.reduce((sum, rows) => sum + rows * d * Float32Array.BYTES_PER_ELEMENT, 0)
}

/**
 * Whether the peer finds the same rows: a check of the row. Its float32 sums may order two that are all but equal
 * the other way round, so a few may differ.
 */
export async function sameRows({ explainer, points, peer }) {
  const compared = Math.min(COMPARED, points.length)
  const theirs = await peer.measure({ what: 'rows', count: compared })
  let found = 0
  let shown = 0
  for (let t = 0; t < compared; t++) {
    const ours = explainer.explain(points[t], { k: K })
    for (const kind of ['excitatory', 'inhibitory']) {
      const rows = new Set(theirs[kind][t])
      for (const { row } of ours[kind]) found += Number(rows.has(row))
      shown += ours[kind].length
    }
  }
  return {
    what: `${found} of the ${shown} rows that ${compared} points show are shown by the peer too`,
    reached: found >= 0.995 * shown,
  }
}
