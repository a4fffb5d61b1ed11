// The toy of figure 8: two clouds in the plane, far apart, and a network that is much too sure of them.

import { random, randomNormal } from './library.js'

const CLOUD = 500
const TRAIN = 600
/** Of both axes, after they were standardised. */
const APART = 6
const SCALE = 100
const UNITS = 256
/** Steps of gradient descent that the head is trained by: after them the loss is 0 in single precision. */
const STEPS = 10
const RATE = 1e-5

/**
 * 1,000 points in two classes: standardised normal clouds, moved 6 apart from the middle and made 100 times as large.
 * 600 of them, at random, are for training.
 *
 * @typedef {{ label: number, x: number[] }} Point
 * @param {number} seed
 * @returns {{ train: Point[], test: Point[] }}
 */
export function clouds(seed) {
  const [normal, uniform] = [randomNormal(seed), random(seed + 1)]
  const raw = Array.from({ length: 2 * CLOUD }, (_, i) => {
    const label = Number(i >= CLOUD)
    return { label, x: [0, 1].map(axis => normal() + 2 * uniform() + (axis === label ? 3 : -3)) }
  })
  const points = standardised(raw).map(({ label, x }) => ({
    label,
    x: x.map(value => SCALE * (value + (label === 1 ? APART : -APART))),
  }))
  const order = points.map(point => ({ point, at: uniform() })).sort((a, b) => a.at - b.at)
  const mixed = order.map(({ point }) => point)
  return { train: mixed.slice(0, TRAIN), test: mixed.slice(TRAIN) }
}

function standardised(points) {
  const [means, spreads] = [[], []]
  for (const axis of [0, 1]) {
    const values = points.map(({ x }) => x[axis])
    means[axis] = values.reduce((sum, x) => sum + x, 0) / values.length
    const squares = values.reduce((sum, x) => sum + (x - means[axis]) ** 2, 0)
    spreads[axis] = Math.sqrt(squares / values.length)
  }
  return points.map(({ label, x }) => ({
    label,
    x: x.map((value, axis) => (value - means[axis]) / spreads[axis]),
  }))
}

/** Two layers of 256 relus with random weights, as they are before training [points, 256]. */
export function hiddenUnits(points, seed) {
  const normal = randomNormal(seed)
  const layer = (from, to) => Array.from({ length: from * to }, () => normal() * Math.sqrt(2 / from))
  const [first, second] = [layer(2, UNITS), layer(UNITS, UNITS)]
  const data = new Float32Array(points.length * UNITS)
  for (const [i, { x }] of points.entries()) {
    data.set(relus(relus(x, first), second), i * UNITS)
  }
  return { rows: points.length, cols: UNITS, data }
}

function relus(x, weights) {
  const to = weights.length / x.length
  const out = new Float64Array(to)
  for (let a = 0; a < x.length; a++) for (let j = 0; j < to; j++) out[j] += x[a] * weights[a * to + j]
  return out.map(value => Math.max(0, value))
}

/** Θ [257, 2] after some steps of gradient descent on the loss of the labels from nothing. */
export function trainedHead({ rows, cols, data }, labels) {
  const theta = new Float64Array((cols + 1) * 2)
  for (let step = 0; step < STEPS; step++) {
    const gradient = new Float64Array(theta.length)
    for (let i = 0; i < rows; i++) {
      const f = data.subarray(i * cols, (i + 1) * cols)
      let margin = theta[2 * cols] - theta[2 * cols + 1]
      for (let a = 0; a < cols; a++) margin += f[a] * (theta[2 * a] - theta[2 * a + 1])
      const residual = 1 / (1 + Math.exp(-margin)) - Number(labels[i] === 0)
      for (let a = 0; a <= cols; a++) {
        const part = (residual * (a < cols ? f[a] : 1)) / rows
        gradient[2 * a] += part
        gradient[2 * a + 1] -= part
      }
    }
    for (let k = 0; k < theta.length; k++) theta[k] -= RATE * gradient[k]
  }
  return { rows: cols + 1, cols: 2, data: theta }
}
