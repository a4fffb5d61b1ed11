// The arrays of CIFAR-10 under a residual network, where they are on this machine.

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { fit } from '../../dist/index.js'
import { readMatrix, writeLabels, writeMatrix } from './arrays.js'
import { softmax } from './judge.js'
import { firstRows, row } from './rows.js'

const DIRECTORY =
  process.env.REPRESENTER_CIFAR10 ?? fileURLToPath(new URL('../../../shared/data/cifar10', import.meta.url))

export const LAMBDA = 0.003

/** Rows of the training and the test split that a quick run takes. */
const QUICK = { train: 10_000, test: 1_000 }

/**
 * { features, logits, labels } of a split. Throws where the arrays are not on this machine.
 *
 * @param {'train' | 'test'} split
 */
export async function readSplit(split, { quick }) {
  const read = async name => {
    const matrix = await readMatrix(pathOf(`${split}-${name}.npy`))
    return quick ? firstRows(matrix, QUICK[split]) : matrix
  }
  const [features, logits, labels] = await Promise.all(['features', 'logits', 'labels'].map(read))
  return { features, logits, labels: Int32Array.from(labels.data, Number) }
}

/** Θ [d + 1, c] of the network's own head, each row about its mean, which softmax does not see. */
export async function givenHead() {
  const [{ rows: c, cols: d, data: weight }, { data: bias }] = await Promise.all(
    ['head-weight.npy', 'head-bias.npy'].map(name => readMatrix(pathOf(name))),
  )
  const theta = new Float64Array((d + 1) * c)
  for (let a = 0; a <= d; a++) {
    for (let j = 0; j < c; j++) theta[a * c + j] = a < d ? weight[j * d + a] : bias[j]
    const mean = theta.subarray(a * c, (a + 1) * c).reduce((sum, x) => sum + x, 0) / c
    for (let j = 0; j < c; j++) theta[a * c + j] -= mean
  }
  return { rows: d + 1, cols: c, data: theta }
}

/** T = softmax of logits, row by row. */
export function teacherTargets({ rows, cols, data }) {
  const targets = Float32Array.from(data)
  const phi = new Float64Array(cols)
  for (let i = 0; i < rows; i++) {
    phi.set(data.subarray(i * cols, (i + 1) * cols))
    softmax(phi)
    targets.set(phi, i * cols)
  }
  return { rows, cols, data: targets }
}

/** Options of `fit` for these arrays, by files; a quick run's are written into `directory`. */
export async function fitFiles(directory, { quick }) {
  const head = { headWeight: pathOf('head-weight.npy'), headBias: pathOf('head-bias.npy') }
  const files = {}
  for (const split of ['train', 'test']) {
    const data = quick ? await readSplit(split, { quick }) : null
    for (const name of ['features', 'labels', 'logits']) {
      const option = split === 'train' ? name : `test${name[0].toUpperCase()}${name.slice(1)}`
      const write = name === 'labels' ? writeLabels : writeMatrix
      files[option] = data ? write(directory, `${split}-${name}`, data[name]) : pathOf(`${split}-${name}.npy`)
    }
  }
  return { ...files, ...head, lambda: LAMBDA }
}

/** An explainer of the training split, in `directory`. */
export async function fitExplainer(directory, setting) {
  const out = join(directory, 'explainer')
  await fit({ ...(await fitFiles(directory, setting)), out })
  return out
}

/** The test split's features, one vector after another. */
export async function testFeatures(setting) {
  const { features } = await readSplit('test', setting)
  return Array.from({ length: features.rows }, (_, t) => row(features, t))
}

function pathOf(name) {
  const path = join(DIRECTORY, name)
  if (existsSync(path)) return path
  throw new Error(`CIFAR-10 arrays not found: ${path}, set REPRESENTER_CIFAR10 to their folder`)
}
