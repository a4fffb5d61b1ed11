// Features and logits that look like a network's, the same for the same sizes.

import { gaussians } from '../frame/random.js'

const SEED = 11

/** What all features vary with together, besides noise of their own. */
const FACTORS = 32
const COMMON = 0.6
const OWN = 0.4

/** Features are of sizes exp(0.5 N(0, 1)). */
const SIZES = 0.5

/** Standard deviation of the given head's logits, and of the noise on them that no head explains. */
const LOGITS = 3
const NOISE = 0.5

/**
 * F [n, d] with f_a = s_a max(0, 1 + 0.6 b_aᵀz + 0.4 ε_a) and Φ [n, c] = (f − μ)ᵀW, scaled to a standard deviation
 * of 3, + 0.5 ε: features that are not negative, of different sizes, far from zero and correlated, and a head that
 * fits them but for noise. z, ε and W are standard normal, b_a normal with E‖b_a‖² = 1.
 *
 * @typedef {{ rows: number, cols: number, data: Float32Array }} Matrix
 * @returns {{ features: Matrix, logits: Matrix }}
 */
export function networkLike({ n, d, c }) {
  const normal = gaussians(SEED)
  const features = correlated(n, d, normal)
  const logits = product(centred(features), drawn(d, c, normal))
  const size = Math.sqrt(logits.data.reduce((sum, x) => sum + x * x, 0) / logits.data.length)
  logits.data.forEach((x, k) => {
    logits.data[k] = (LOGITS / size) * x + NOISE * normal()
  })
  return { features, logits }
}

function correlated(n, d, normal) {
  const features = product(drawn(n, FACTORS, normal), drawn(FACTORS, d, normal))
  const sizes = Float32Array.from({ length: d }, () => Math.exp(SIZES * normal()))
  const common = COMMON / Math.sqrt(FACTORS)
  features.data.forEach((x, k) => {
    features.data[k] = sizes[k % d] * Math.max(0, 1 + common * x + OWN * normal())
  })
  return features
}

/** F − 1μᵀ, a copy. */
function centred({ rows, cols, data }) {
  const mean = new Float64Array(cols)
  data.forEach((x, k) => {
    mean[k % cols] += x / rows
  })
  return { rows, cols, data: data.map((x, k) => x - mean[k % cols]) }
}

function drawn(rows, cols, normal) {
  return { rows, cols, data: Float32Array.from({ length: rows * cols }, normal) }
}

/** A B.  A: [n, p], B: [p, q], out: [n, q] */
function product(a, b) {
  const [p, q] = [a.cols, b.cols]
  const data = new Float32Array(a.rows * q)
  for (let i = 0; i < a.rows; i++) {
    const out = data.subarray(i * q, (i + 1) * q)
    for (let k = 0; k < p; k++) {
      const x = a.data[i * p + k]
      for (let j = 0; j < q; j++) out[j] += x * b.data[k * q + j]
    }
  }
  return { rows: a.rows, cols: q, data }
}
