// A judge that belongs to neither side: the objective's gradient in double precision, by plain loops.

import { row } from './rows.js'

/**
 * How far a softmax head is from the optimum.
 *
 *   G = 1/n F̃ᵀ(softmax(F̃ Θ) − T) + 2λ Θ,   F̃ = [F 1]
 *
 * @param {{ features: object, targets: object, lambda: number }} problem F [n, d], T [n, c]
 * @param {ArrayLike<number>} theta [d + 1, c], row-major
 * @returns {{ gradientNorm: number, gap: number }} ‖G‖, and maxᵢⱼ |f̃ᵢᵀGⱼ| / 2λ in logits
 */
export function judge({ features, targets, lambda }, theta) {
  const { rows: n, cols: d } = features
  const { cols: c } = targets
  const gradient = Float64Array.from(theta, x => 2 * lambda * x)
  const phi = new Float64Array(c)
  for (let i = 0; i < n; i++) {
    const [f, t] = [row(features, i), row(targets, i)]
    product(f, theta, phi)
    softmax(phi)
    for (let j = 0; j < c; j++) phi[j] = (phi[j] - t[j]) / n
    for (let a = 0; a <= d; a++) {
      const x = a < d ? f[a] : 1
      if (x !== 0) for (let j = 0; j < c; j++) gradient[a * c + j] += x * phi[j]
    }
  }
  let gap = 0
  for (let i = 0; i < n; i++) {
    product(row(features, i), gradient, phi)
    for (let j = 0; j < c; j++) gap = Math.max(gap, Math.abs(phi[j]) / (2 * lambda))
  }
  return { gradientNorm: Math.sqrt(gradient.reduce((sum, g) => sum + g * g, 0)), gap }
}

/** out = [f 1]ᵀ M.  M: [d + 1, c] */
function product(f, matrix, out) {
  const d = f.length
  const c = out.length
  for (let j = 0; j < c; j++) out[j] = matrix[d * c + j]
  for (let a = 0; a < d; a++) {
    const x = f[a]
    if (x !== 0) for (let j = 0; j < c; j++) out[j] += x * matrix[a * c + j]
  }
}

/** In place. */
export function softmax(phi) {
  const largest = phi.reduce((most, x) => Math.max(most, x), Number.NEGATIVE_INFINITY)
  let sum = 0
  for (let j = 0; j < phi.length; j++) sum += phi[j] = Math.exp(phi[j] - largest)
  for (let j = 0; j < phi.length; j++) phi[j] /= sum
}
