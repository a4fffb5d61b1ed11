// CIFAR-10's training features grown to any number, with the given head's logits of them.

import { openMatrix } from './arrays.js'
import { givenHead, readSplit } from './cifar10.js'
import { gaussians, wholeNumbers } from './random.js'

const SEED = 11
/** Of each feature's standard deviation */
const NOISE = 0.1
const BLOCK_ROWS = 4096

/**
 * Writes n rows, each one of the training split's drawn at random, with noise, and none below 0 as none is there:
 * fᵢ = max(0, f_r + 0.1 s ⊙ ε), ε ~ N(0, I), s the features' standard deviations.
 *
 * @returns {Promise<{ features: string, logits: string }>} files [n, d] and [n, c]
 */
export async function writeResampled(directory, n, setting) {
  const { features } = await readSplit('train', setting)
  const { cols: c, data: theta } = await givenHead()
  const { rows, cols: d, data } = features
  const noise = deviations(features).map(s => NOISE * s)
  const normal = gaussians(SEED)
  const whole = wholeNumbers(SEED + 1)
  const files = {
    features: openMatrix(directory, 'resampled-features', { dtype: 'float32', rows: n, cols: d }),
    logits: openMatrix(directory, 'resampled-logits', { dtype: 'float32', rows: n, cols: c }),
  }
  for (let start = 0; start < n; start += BLOCK_ROWS) {
    const count = Math.min(BLOCK_ROWS, n - start)
    const block = new Float32Array(count * d)
    const logits = new Float32Array(count * c)
    for (let i = 0; i < count; i++) {
      const from = (whole() % rows) * d
      for (let a = 0; a < d; a++) block[i * d + a] = Math.max(0, data[from + a] + noise[a] * normal())
      for (let j = 0; j < c; j++) logits[i * c + j] = theta[d * c + j]
      for (let a = 0; a < d; a++) {
        const x = block[i * d + a]
        for (let j = 0; j < c; j++) logits[i * c + j] += x * theta[a * c + j]
      }
    }
    files.features.write(block)
    files.logits.write(logits)
  }
  for (const file of Object.values(files)) file.close()
  return { features: files.features.path, logits: files.logits.path }
}

/** The standard deviation of every column. */
function deviations({ rows, cols, data }) {
  const sums = new Float64Array(cols)
  const squares = new Float64Array(cols)
  for (let k = 0; k < data.length; k++) {
    sums[k % cols] += data[k]
    squares[k % cols] += data[k] * data[k]
  }
  return sums.map((sum, a) => Math.sqrt(Math.max(0, squares[a] / rows - (sum / rows) ** 2)))
}
