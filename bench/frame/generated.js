// Data that no file holds: the same for the same seed.

import { gaussians, wholeNumbers } from './random.js'

/** How far the classes' means lie from the origin along each axis, in standard deviations of the noise. */
const SPREAD = 0.15

/**
 * Classes that overlap: fᵢ = μ_y + ε with μ_y ~ N(0, 0.15² I) and ε ~ N(0, I), y uniform.
 *
 * @returns {{ labels: Int32Array, blocks: (size: number) => Iterable<Float32Array> }} the labels [n], and the rows
 *   of F [n, d], at most `size` at a time; a block is valid until the next one
 */
export function overlappingClasses({ n, d, c }, seed) {
  const normal = gaussians(seed)
  const whole = wholeNumbers(seed + 1)
  const means = Float32Array.from({ length: c * d }, () => SPREAD * normal())
  const labels = Int32Array.from({ length: n }, () => (whole() >>> 8) % c)
  return {
    labels,
    *blocks(size) {
      const block = new Float32Array(size * d)
      for (let start = 0; start < n; start += size) {
        const rows = Math.min(size, n - start)
        for (let i = 0; i < rows; i++) {
          const mean = labels[start + i] * d
          for (let a = 0; a < d; a++) block[i * d + a] = means[mean + a] + normal()
        }
        yield block.subarray(0, rows * d)
      }
    },
  }
}

/** T [n, c] with a 1 at each label. */
export function oneHot(labels, c) {
  const data = new Float32Array(labels.length * c)
  labels.forEach((y, i) => {
    data[i * c + y] = 1
  })
  return { rows: labels.length, cols: c, data }
}
