import type { Picture } from './picture.ts'

/*
 * Resampling as Pillow does it for 8 bits a channel, so that a network sees the pixels that it was trained on:
 *
 *   out[x] = Σᵢ w((i + ½ − (x + ½) s) / max(s, 1)) in[i] / Σᵢ w(…),   s = in size / out size
 *
 * along rows, rounded to 8 bits, and then along columns. The weights are numbers of 22 binary places. Unlike
 * other resizers it widens the filter when it shrinks a picture, which antialiases.
 */

/** The names of Pillow's filters. */
export const FILTERS = ['nearest', 'box', 'bilinear', 'hamming', 'bicubic', 'lanczos'] as const
export type Filter = (typeof FILTERS)[number]

export interface Size {
  readonly height: number
  readonly width: number
}

/** A picture of another size, which it is stretched to. */
export function resizePicture(picture: Picture, { height, width }: Size, filter: Filter): Picture {
  if (filter === 'nearest') return pickNearest(picture, { height, width })
  const kernel = KERNELS[filter]
  const wide =
    picture.width === width ? picture : resampleRows(picture, weightsFor(picture.width, width, kernel))
  return wide.height === height ? wide : resampleColumns(wide, weightsFor(wide.height, height, kernel))
}

interface Kernel {
  /** Where w ends, in pixels of the smaller picture. */
  readonly support: number
  /** w(x) */
  readonly weight: (x: number) => number
}

const sinc = (x: number): number => (x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x))

const KERNELS: { readonly [K in Exclude<Filter, 'nearest'>]: Kernel } = {
  box: { support: 0.5, weight: x => (x > -0.5 && x <= 0.5 ? 1 : 0) },
  bilinear: { support: 1, weight: x => Math.max(0, 1 - Math.abs(x)) },
  // Pillow has these two constants in single precision.
  hamming: {
    support: 1,
    weight: x =>
      Math.abs(x) >= 1 ? 0 : sinc(x) * (Math.fround(0.54) + Math.fround(0.46) * Math.cos(Math.PI * x)),
  },
  bicubic: { support: 2, weight: x => cubic(Math.abs(x), -0.5) },
  lanczos: { support: 3, weight: x => (x >= -3 && x < 3 ? sinc(x) * sinc(x / 3) : 0) },
}

/** Keys (1981), with a free slope a at 1. */
function cubic(x: number, a: number): number {
  if (x < 1) return ((a + 2) * x - (a + 3)) * x * x + 1
  return x < 2 ? (((x - 5) * x + 8) * x - 4) * a : 0
}

/** For each pixel of the result: the first one that it is made of, how many, and what each counts. */
interface Weights {
  readonly first: Int32Array
  readonly count: Int32Array
  /** `stride` for each pixel, in units of 2⁻²² */
  readonly values: Int32Array
  readonly stride: number
}

const BITS = 22

function weightsFor(from: number, to: number, { support, weight }: Kernel): Weights {
  const scale = from / to
  const stretch = Math.max(scale, 1)
  const reach = support * stretch
  const stride = Math.ceil(reach) * 2 + 1
  const first = new Int32Array(to)
  const count = new Int32Array(to)
  const values = new Int32Array(to * stride)
  const exact = new Float64Array(stride)
  for (let x = 0; x < to; x++) {
    const centre = (x + 0.5) * scale
    const start = Math.max(0, Math.trunc(centre - reach + 0.5))
    const length = Math.min(from, Math.trunc(centre + reach + 0.5)) - start
    let sum = 0
    for (let k = 0; k < length; k++) {
      exact[k] = weight((k + start - centre + 0.5) * (1 / stretch))
      sum += exact[k]
    }
    for (let k = 0; k < length; k++) {
      const share = sum === 0 ? exact[k] : exact[k] / sum
      values[x * stride + k] = Math.trunc(share * 2 ** BITS + (share < 0 ? -0.5 : 0.5))
    }
    first[x] = start
    count[x] = length
  }
  return { first, count, values, stride }
}

/** A weighted sum in units of 2⁻²² as 8 bits. */
function toByte(sum: number): number {
  return Math.max(0, Math.min(sum >> BITS, 255))
}

const HALF = 2 ** (BITS - 1)

function resampleRows({ width: from, height, channels, data }: Picture, weights: Weights): Picture {
  const { first, count, values, stride } = weights
  const width = first.length
  const out = new Uint8Array(height * width * channels)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const start = (y * from + first[x]) * channels
      for (let ch = 0; ch < channels; ch++) {
        let sum = HALF
        for (let k = 0; k < count[x]; k++) sum += data[start + k * channels + ch] * values[x * stride + k]
        out[(y * width + x) * channels + ch] = toByte(sum)
      }
    }
  }
  return { width, height, channels, data: out }
}

function resampleColumns({ width, channels, data }: Picture, weights: Weights): Picture {
  const { first, count, values, stride } = weights
  const height = first.length
  const row = width * channels
  const out = new Uint8Array(height * row)
  const sums = new Float64Array(row)
  for (let y = 0; y < height; y++) {
    sums.fill(HALF)
    for (let k = 0; k < count[y]; k++) {
      const weight = values[y * stride + k]
      const start = (first[y] + k) * row
      for (let i = 0; i < row; i++) sums[i] += data[start + i] * weight
    }
    for (let i = 0; i < row; i++) out[y * row + i] = toByte(sums[i])
  }
  return { width, height, channels, data: out }
}

function pickNearest(
  { width: from, height: rows, channels, data }: Picture,
  { height, width }: Size,
): Picture {
  const columns = nearest(from, width)
  const lines = nearest(rows, height)
  const out = new Uint8Array(height * width * channels)
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const start = (lines[y] * from + columns[x]) * channels
      for (let ch = 0; ch < channels; ch++) out[at++] = data[start + ch]
    }
  }
  return { width, height, channels, data: out }
}

/** Pillow adds step after step, and so its rounding errors: multiplied, some pixels would be their neighbours. */
function nearest(from: number, to: number): Int32Array {
  const step = from / to
  let position = step * 0.5
  return Int32Array.from({ length: to }, () => {
    const pixel = Math.min(from - 1, Math.trunc(position))
    position += step
    return pixel
  })
}
