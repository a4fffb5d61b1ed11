import type { Matrix } from './matrix.ts'

/*
 * Products with one vector, in double precision. A sum is made in four parts, since each addition waits for the
 * one before it: s = (s₀ + s₁) + (s₂ + s₃), where sₘ sums the terms a ≡ m mod 4 in their order. So a sum
 * is the same wherever it is made.
 */

/** Σₐ x[at + a] y[a] over `length` terms. */
export function dotAt(x: Float32Array, at: number, y: Float64Array, length: number): number {
  let s0 = 0
  let s1 = 0
  let s2 = 0
  let s3 = 0
  const whole = length - (length % 4)
  let a = 0
  for (; a < whole; a += 4) {
    s0 += x[at + a] * y[a]
    s1 += x[at + a + 1] * y[a + 1]
    s2 += x[at + a + 2] * y[a + 2]
    s3 += x[at + a + 3] * y[a + 3]
  }
  if (a < length) s0 += x[at + a] * y[a]
  if (a + 1 < length) s1 += x[at + a + 1] * y[a + 1]
  if (a + 2 < length) s2 += x[at + a + 2] * y[a + 2]
  return s0 + s1 + (s2 + s3)
}

/** Σₐ (x[at + a] − mean[a]) y[a] over the terms of `mean`. */
export function centredDotAt(x: Float32Array, at: number, mean: Float64Array, y: Float64Array): number {
  let s0 = 0
  let s1 = 0
  let s2 = 0
  let s3 = 0
  const { length } = mean
  const whole = length - (length % 4)
  let a = 0
  for (; a < whole; a += 4) {
    s0 += (x[at + a] - mean[a]) * y[a]
    s1 += (x[at + a + 1] - mean[a + 1]) * y[a + 1]
    s2 += (x[at + a + 2] - mean[a + 2]) * y[a + 2]
    s3 += (x[at + a + 3] - mean[a + 3]) * y[a + 3]
  }
  if (a < length) s0 += (x[at + a] - mean[a]) * y[a]
  if (a + 1 < length) s1 += (x[at + a + 1] - mean[a + 1]) * y[a + 1]
  if (a + 2 < length) s2 += (x[at + a + 2] - mean[a + 2]) * y[a + 2]
  return s0 + s1 + (s2 + s3)
}

/** Σₐ m[at + a] x[a] over the terms of x. */
export function productAt(m: Float64Array, at: number, x: Float64Array): number {
  let s0 = 0
  let s1 = 0
  let s2 = 0
  let s3 = 0
  const { length } = x
  const whole = length - (length % 4)
  let a = 0
  for (; a < whole; a += 4) {
    s0 += m[at + a] * x[a]
    s1 += m[at + a + 1] * x[a + 1]
    s2 += m[at + a + 2] * x[a + 2]
    s3 += m[at + a + 3] * x[a + 3]
  }
  for (; a < length; a++) s0 += m[at + a] * x[a]
  return s0 + s1 + (s2 + s3)
}

/** out = M x, for M [rows, cols] and x [cols]: four rows at a time, so that x is read once for them. */
export function multiply(
  { rows, cols, data }: Matrix<Float64Array>,
  x: Float64Array,
  out: Float64Array,
): void {
  const whole = rows - (rows % 4)
  let i = 0
  for (; i < whole; i += 4) {
    const at = i * cols
    let s0 = 0
    let s1 = 0
    let s2 = 0
    let s3 = 0
    for (let a = 0; a < cols; a++) {
      const y = x[a]
      s0 += data[at + a] * y
      s1 += data[at + cols + a] * y
      s2 += data[at + 2 * cols + a] * y
      s3 += data[at + 3 * cols + a] * y
    }
    out[i] = s0
    out[i + 1] = s1
    out[i + 2] = s2
    out[i + 3] = s3
  }
  for (; i < rows; i++) {
    let sum = 0
    for (let a = 0; a < cols; a++) sum += data[i * cols + a] * x[a]
    out[i] = sum
  }
}
