// What mislabel scores are measured on: data whose labels are right, with wrong ones planted.

import { readMatrix, writeLabels } from '../frame/arrays.js'
import { readSplit } from '../frame/cifar10.js'
import { overlappingClasses } from '../frame/generated.js'
import { plantLabelNoise } from '../frame/library.js'
import { mnistPixels } from '../frame/mnist.js'
import { Peer } from '../frame/peer.js'
import { row } from '../frame/rows.js'

export const CLASSES = 10
const SEED = 1

/** How labels are made wrong. */
export const NOISES = [
  { name: '5 %', share: 0.05, kind: 'symmetric' },
  { name: '20 %', share: 0.2, kind: 'symmetric' },
  { name: '40 %', share: 0.4, kind: 'symmetric' },
]

/** Passes over the training data after which a network has learnt few of the wrong labels, and after which most. */
const [FEW, MANY] = [8, 20]

/**
 * The sets, by name; each function makes features, and the given model's logits where there is one, for n noisy labels.
 *
 * @returns {Promise<{ name: string, labels: Int32Array, make: Function }[]>}
 */
export async function dataSets(setting, n) {
  const pixels = mnistPixels('train', n)
  const generated = generatedClasses(n)
  const cifar = await cifarSample(n)
  const network = passes => ({
    name: `network, ${passes} passes`,
    labels: pixels.labels,
    make: noisy => trained(setting, noisy, passes),
  })
  return [
    { name: 'MNIST pixels', labels: pixels.labels, make: async () => ({ features: pixels.features }) },
    ...(setting.peers.torch ? [network(FEW), network(MANY)] : []),
    ...(cifar ? [{ name: 'CIFAR-10 features', labels: cifar.labels, make: async () => cifar }] : []),
    { name: 'generated', labels: generated.labels, make: async () => ({ features: generated.features }) },
  ]
}

/** Labels of which some are wrong, and which. */
export const noisyLabels = (labels, { share, kind }) =>
  plantLabelNoise(labels, CLASSES, { share, kind, seed: SEED })

/** A network trained on the noisy labels themselves. */
async function trained({ peers, directory }, labels, passes) {
  const outs = ['features', 'logits'].map(name => `${directory}/${name}.npy`)
  const file = writeLabels(directory, 'noisy-labels', labels)
  const peer = Peer.start(peers, 'torch', 'noisy_network.py', [file, passes, ...outs])
  const { fitted } = await peer.measure()
  await peer.end()
  const [features, logits] = await Promise.all(outs.map(readMatrix))
  return { features, logits, fitted }
}

function generatedClasses(n) {
  const d = 128
  const { labels, blocks } = overlappingClasses({ n, d, c: CLASSES }, SEED)
  const [data] = blocks(n)
  return { labels, features: { rows: n, cols: d, data } }
}

/** Rows from all over the training split; null where its arrays are not on this machine. */
async function cifarSample(n) {
  let split
  try {
    split = await readSplit('train', { quick: false })
  } catch {
    return null
  }
  const step = Math.floor(split.labels.length / n)
  const pick = ({ cols, ...matrix }) => {
    const data = new Float32Array(n * cols)
    for (let i = 0; i < n; i++) data.set(row({ cols, ...matrix }, i * step), i * cols)
    return { rows: n, cols, data }
  }
  return {
    features: pick(split.features),
    logits: pick(split.logits),
    labels: Int32Array.from({ length: n }, (_, i) => split.labels[i * step]),
  }
}
