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
  const convert = itemConverter(preprocess, itemShape, name)
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

/** Writes one example's numbers, from `start` on, as one input. */
type Convert = (from: ArrayLike<number | bigint>, start: number, out: Float32Array, outStart: number) => void

/**
 * What one example's numbers become; which channel a number belongs to follows from its place.
 * Errors: UserError where mean and std do not fit the channels.
 */
export function itemConverter(preprocess: Preprocess, itemShape: readonly number[], name: string): Convert {
  const { scale, mean, std } = preprocess
  const channels = Math.max(mean.length, std.length)
  for (const numbers of [mean, std]) {
    if (numbers.length !== 1 && numbers.length !== channels) {
      throw new UserError(
        'usage',
        `mean and std: ${mean.length} and ${std.length} numbers, expected one, or one a channel in both`,
      )
    }
  }
  const size = itemShape.reduce((product, length) => product * length, 1)
  const run = runLength(channels, itemShape, name)
  const factors = new Float64Array(channels)
  const offsets = new Float64Array(channels)
  for (let ch = 0; ch < channels; ch++) {
    const deviation = std[std.length === 1 ? 0 : ch]
    factors[ch] = scale / deviation
    offsets[ch] = mean[mean.length === 1 ? 0 : ch] / deviation
  }
  const tables = Array.from(factors, (factor, ch) =>
    Float32Array.from({ length: 256 }, (_, byte) => byte * factor - offsets[ch]),
  )
  return (from, start, out, outStart) => {
    for (let k = 0, ch = 0; k < size; k += run, ch = (ch + 1) % channels) {
      if (from instanceof Uint8Array) lookUp(tables[ch], from, start + k, out, outStart + k, run)
      else scaleRun(factors[ch], offsets[ch], from, start + k, out, outStart + k, run)
    }
  }
}

/** A byte has but 256 values. */
function lookUp(
  table: Float32Array,
  from: Uint8Array,
  start: number,
  out: Float32Array,
  outStart: number,
  length: number,
): void {
  for (let k = 0; k < length; k++) out[outStart + k] = table[from[start + k]]
}

function scaleRun(
  factor: number,
  offset: number,
  from: ArrayLike<number | bigint>,
  start: number,
  out: Float32Array,
  outStart: number,
  length: number,
): void {
  for (let k = 0; k < length; k++) out[outStart + k] = Number(from[start + k]) * factor - offset
}

/** How many numbers of one channel stand beside each other. */
function runLength(channels: number, itemShape: readonly number[], name: string): number {
  const size = itemShape.reduce((product, length) => product * length, 1)
  if (channels === 1) return size
  if (itemShape[0] === channels) return size / channels
  if (itemShape.at(-1) === channels) return 1
  throw new UserError(
    'usage',
    `${name}: ${channels} numbers in mean or std, expected one, or one for each channel of [${itemShape.join(', ')}]`,
  )
}
