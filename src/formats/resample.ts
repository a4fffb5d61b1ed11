import type { Picture } from './picture.ts'
import { BITS, type Weights } from './resize-weights.ts'

/*
 * The two passes of a separable filter over bytes:
 *
 *   out[x] = (½ + Σₖ w[x, k] in[first[x] + k]) cut to 0 … 255,   w in units of 2⁻²²
 *
 * Sums are of whole numbers of 32 bits, so that their order makes no difference.
 */

const HALF = 2 ** (BITS - 1)

/** Lines `top` up to `bottom` of a picture, each made as wide as there are weights. */
export function resampleRows(picture: Picture, weights: Weights, top: number, bottom: number): Picture {
  const { channels, data } = picture
  const width = weights.first.length
  const height = bottom - top
  const out = new Uint8ClampedArray(height * width * channels)
  const resampleLine = LINES[channels]
  for (let y = 0; y < height; y++) {
    resampleLine(data, (top + y) * picture.width * channels, weights, out, y * width * channels)
  }
  return { width, height, channels, data: new Uint8Array(out.buffer) }
}

/** One line that begins at `line`, written from `at` on. */
type Line = (data: Uint8Array, line: number, weights: Weights, out: Uint8ClampedArray, at: number) => void

const LINES: { readonly [C in Picture['channels']]: Line } = { 1: greyLine, 3: rgbLine }

function greyLine(...[data, line, { first, count, values, stride }, out, at]: Parameters<Line>): void {
  for (let x = 0; x < first.length; x++) {
    const start = line + first[x]
    let sum = HALF
    for (let k = 0; k < count[x]; k++) sum += Math.imul(data[start + k], values[x * stride + k])
    out[at + x] = sum >> BITS
  }
}

function rgbLine(...[data, line, { first, count, values, stride }, out, at]: Parameters<Line>): void {
  for (let x = 0; x < first.length; x++) {
    let red = HALF
    let green = HALF
    let blue = HALF
    let from = line + 3 * first[x]
    const end = x * stride + count[x]
    for (let k = x * stride; k < end; k++) {
      const weight = values[k]
      red += Math.imul(data[from], weight)
      green += Math.imul(data[from + 1], weight)
      blue += Math.imul(data[from + 2], weight)
      from += 3
    }
    const to = at + 3 * x
    out[to] = red >> BITS
    out[to + 1] = green >> BITS
    out[to + 2] = blue >> BITS
  }
}

/** A picture made as high as there are weights; its own first line is the one that they call `top`. */
export function resampleColumns(picture: Picture, weights: Weights, top: number): Picture {
  const { width, channels, data } = picture
  const { first, count, values, stride } = weights
  const height = first.length
  const row = width * channels
  const out = new Uint8ClampedArray(height * row)
  const sums = new Int32Array(row)
  for (let y = 0; y < height; y++) {
    const start = (first[y] - top) * row
    const taps = values.subarray(y * stride, y * stride + count[y])
    sums.fill(HALF)
    let k = 0
    for (; k + 4 < taps.length; k += 4) addLines(sums, data, start + k * row, taps.subarray(k))
    const last = taps.length - 1
    // What the last four lack is their last line again, and counts nothing.
    const line = (j: number) => start + Math.min(k + j, last) * row
    const weight = (j: number) => (k + j > last ? 0 : taps[k + j])
    const [a, b, c, d] = [line(0), line(1), line(2), line(3)]
    const [p, q, r, s] = [weight(0), weight(1), weight(2), weight(3)]
    for (let i = 0, at = y * row; i < row; i++, at++) {
      const upper = Math.imul(data[a + i], p) + Math.imul(data[b + i], q)
      const lower = Math.imul(data[c + i], r) + Math.imul(data[d + i], s)
      out[at] = (sums[i] + upper + lower) >> BITS
    }
  }
  return { width, height, channels, data: new Uint8Array(out.buffer) }
}

/** sums += Σₖ taps[k] line[k], for four lines from `start` on, which reads and writes the sums but once. */
function addLines(sums: Int32Array, data: Uint8Array, start: number, [p, q, r, s]: Int32Array): void {
  const row = sums.length
  for (let i = 0; i < row; i++) {
    const at = start + i
    const upper = Math.imul(data[at], p) + Math.imul(data[at + row], q)
    const lower = Math.imul(data[at + 2 * row], r) + Math.imul(data[at + 3 * row], s)
    sums[i] += upper + lower
  }
}
