import type { NdArray } from '../formats/ndarray.ts'
import type { Matrix } from '../math/matrix.ts'
import type { Rows } from '../math/rows.ts'
import { UserError } from '../user-error.ts'

/** How numbers of a file become inputs of the network: (x · scale − mean) / std, one mean and std a channel. */
export interface Preprocess {
  readonly scale: number
  readonly mean: readonly number[]
  readonly std: readonly number[]
}

export interface PreprocessOptions {
  readonly scale?: number
  readonly mean?: readonly number[]
  readonly std?: readonly number[]
}

/** What is asked for, else bytes scaled to 0 … 1 and other numbers as they are. */
export function resolvePreprocess(
  { scale, mean = [0], std = [1] }: PreprocessOptions,
  dtype: NdArray['dtype'],
): Preprocess {
  const refuse = (option: string, value: unknown, expected: string): never => {
    throw new UserError('usage', `${option}: ${value}, expected ${expected}`)
  }
  if (scale !== undefined && !(Number.isFinite(scale) && scale !== 0))
    refuse('scale', scale, 'a number, not 0')
  if (mean.length === 0 || !mean.every(Number.isFinite)) refuse('mean', mean, 'numbers, one a channel')
  if (std.length === 0 || !std.every(value => Number.isFinite(value) && value > 0)) {
    refuse('std', std, 'numbers above 0, one a channel')
  }
  return { scale: scale ?? (dtype === 'uint8' ? 1 / 255 : 1), mean, std }
}

/**
 * Examples as inputs of a network [n, size of one], pre-processed block by block as they are read.
 * Errors: UserError where mean and std do not fit the channels.
 */
export function preprocessedRows({ data, shape }: NdArray, preprocess: Preprocess, name: string): Rows {
  const [n, ...itemShape] = shape
  const cols = itemShape.reduce((product, size) => product * size, 1)
  const convert = converter(preprocess, itemShape, name)
  const numbers = data as ArrayLike<number | bigint>
  return {
    rows: n,
    cols,
    dtype: 'float32',
    async *blocks(size, from = 0) {
      for (let start = from; start < n; start += size) {
        const rows = Math.min(size, n - start)
        const out = new Float32Array(rows * cols)
        for (let i = 0; i < rows; i++) convert(numbers, (start + i) * cols, out, i * cols)
        yield { start, matrix: { rows, cols, data: out } }
      }
    },
    async fetch(wanted): Promise<Matrix<Float32Array>> {
      const out = new Float32Array(wanted.length * cols)
      for (let k = 0; k < wanted.length; k++) convert(numbers, wanted[k] * cols, out, k * cols)
      return { rows: wanted.length, cols, data: out }
    },
  }
}

type Convert = (from: ArrayLike<number | bigint>, start: number, out: Float32Array, outStart: number) => void

/** One example's numbers; which channel a number belongs to follows from its place. */
function converter({ scale, mean, std }: Preprocess, itemShape: readonly number[], name: string): Convert {
  const size = itemShape.reduce((product, length) => product * length, 1)
  const channels = Math.max(mean.length, std.length)
  for (const numbers of [mean, std]) {
    if (numbers.length !== 1 && numbers.length !== channels) {
      throw new UserError(
        'usage',
        `mean and std: ${mean.length} and ${std.length} numbers, expected one, or one a channel in both`,
      )
    }
  }
  const channelOf = channelPlace(channels, itemShape, name)
  const factors = new Float64Array(channels)
  const offsets = new Float64Array(channels)
  for (let ch = 0; ch < channels; ch++) {
    const deviation = std[std.length === 1 ? 0 : ch]
    factors[ch] = scale / deviation
    offsets[ch] = mean[mean.length === 1 ? 0 : ch] / deviation
  }
  return (from, start, out, outStart) => {
    for (let k = 0; k < size; k++) {
      const ch = channelOf(k)
      out[outStart + k] = Number(from[start + k]) * factors[ch] - offsets[ch]
    }
  }
}

function channelPlace(channels: number, itemShape: readonly number[], name: string): (k: number) => number {
  if (channels === 1) return () => 0
  const size = itemShape.reduce((product, length) => product * length, 1)
  if (itemShape[0] === channels) return k => Math.floor(k / (size / channels))
  if (itemShape.at(-1) === channels) return k => k % channels
  throw new UserError(
    'usage',
    `${name}: ${channels} numbers in mean or std, expected one, or one for each channel of [${itemShape.join(', ')}]`,
  )
}
