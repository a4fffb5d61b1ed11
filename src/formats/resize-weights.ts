/** The names of Pillow's filters. */
export const FILTERS = ['nearest', 'box', 'bilinear', 'hamming', 'bicubic', 'lanczos'] as const
export type Filter = (typeof FILTERS)[number]

/** Those that make a pixel of several. */
export type Smooth = Exclude<Filter, 'nearest'>

/** Consecutive pixels of the result along one axis. */
export interface Span {
  readonly start: number
  readonly length: number
}

/** For each pixel of a span of the result: the first one that it is made of, how many, and what each counts. */
export interface Weights {
  readonly first: Int32Array
  readonly count: Int32Array
  /** `stride` for each pixel, 0 after the last that counts, in units of 2^−BITS */
  readonly values: Int32Array
  readonly stride: number
}

/** Pillow's weights have so many binary places: sums of 255 times such weights fit into 32 bits. */
export const BITS = 22

interface Kernel {
  /** Where w ends, in pixels of the smaller picture. */
  readonly support: number
  /** w(x) */
  readonly weight: (x: number) => number
}

const sinc = (x: number): number => (x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x))

const KERNELS: { readonly [K in Smooth]: Kernel } = {
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

/** The weights that make `to` pixels of `from`, for those of the span. */
export function weightsFor(from: number, to: number, { start, length }: Span, filter: Smooth): Weights {
  const { support, weight } = KERNELS[filter]
  const scale = from / to
  const stretch = Math.max(scale, 1)
  const reach = support * stretch
  const stride = Math.ceil(reach) * 2 + 1
  const first = new Int32Array(length)
  const count = new Int32Array(length)
  const values = new Int32Array(length * stride)
  const exact = new Float64Array(stride)
  for (let x = 0; x < length; x++) {
    const centre = (start + x + 0.5) * scale
    const begin = Math.max(0, Math.trunc(centre - reach + 0.5))
    const taps = Math.min(from, Math.trunc(centre + reach + 0.5)) - begin
    let sum = 0
    for (let k = 0; k < taps; k++) {
      exact[k] = weight((k + begin - centre + 0.5) * (1 / stretch))
      sum += exact[k]
    }
    for (let k = 0; k < taps; k++) {
      const share = sum === 0 ? exact[k] : exact[k] / sum
      values[x * stride + k] = Math.trunc(share * 2 ** BITS + (share < 0 ? -0.5 : 0.5))
    }
    first[x] = begin
    count[x] = taps
  }
  return { first, count, values, stride }
}

/** The pixel that each of a span of `to` pixels is, of `from`. */
export function nearestPixels(from: number, to: number, { start, length }: Span): Int32Array {
  const step = from / to
  const pixels = new Int32Array(length)
  // Pillow adds step after step, and so its rounding errors: multiplied, some pixels would be their neighbours.
  for (let x = 0, position = step * 0.5; x < start + length; x++, position += step) {
    if (x >= start) pixels[x - start] = Math.min(from - 1, Math.trunc(position))
  }
  return pixels
}
