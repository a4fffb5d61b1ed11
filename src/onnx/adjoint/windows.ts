import type { Sizes } from './emitter.ts'
import type { Step } from './rule.ts'

/** Where the windows of a convolution or pooling lie, each an array over the spatial axes. */
export interface Windows {
  readonly kernel: readonly number[]
  readonly strides: readonly number[]
  readonly dilations: readonly number[]
  /** Zeros in front of the input. */
  readonly begin: readonly number[]
  /** By how much the last window reaches past the input; negative where it ends before. */
  readonly end: readonly number[]
  readonly from: readonly number[]
  readonly to: readonly number[]
}

/**
 * The windows that turn `input` into `output`, whatever said where they lie: pads, auto_pad or ceil_mode. Their
 * sizes are known from a run, so that only the zeros in front are to be worked out.
 */
export function windowsOf(step: Step, kernel: readonly number[], input: Sizes, output: Sizes): Windows {
  const [from, to] = [spatial(step, input), spatial(step, output)]
  const strides = step.ints('strides') ?? kernel.map(() => 1)
  const dilations = step.ints('dilations') ?? kernel.map(() => 1)
  const reach = kernel.map((k, a) => strides[a] * (to[a] - 1) + dilations[a] * (k - 1) + 1)
  const begin = kernel.map((_, a) => beginOf(step, a, reach[a] - from[a]))
  return {
    kernel,
    strides,
    dilations,
    begin,
    end: reach.map((length, a) => length - from[a] - begin[a]),
    from,
    to,
  }
}

/** @param over how many places the windows take beyond the input */
function beginOf(step: Step, axis: number, over: number): number {
  const total = Math.max(0, over)
  switch (step.text('auto_pad', 'NOTSET')) {
    case 'SAME_UPPER':
      return Math.floor(total / 2)
    case 'SAME_LOWER':
      return Math.ceil(total / 2)
    case 'VALID':
      return 0
    default:
      return step.ints('pads')?.[axis] ?? 0
  }
}

/** Sizes of the axes behind batch and channels. */
export function spatial(step: Step, sizes: Sizes): number[] {
  return sizes.slice(2).map(size => size ?? step.refuse('a size that changes with the batch'))
}

/**
 * The transposed convolution over these windows: what each window takes from the input is added back to where
 * it came from.
 *
 * @param perGroup channels of the result in each group
 */
export function intoWindows(
  { e }: Step,
  tensor: string,
  weight: string,
  { kernel, strides, dilations, begin, end }: Windows,
  { group = 1, perGroup = 1 }: { readonly group?: number; readonly perGroup?: number } = {},
): string {
  const transposed = (weight: string) =>
    e.op('ConvTranspose', [tensor, weight], {
      strides,
      dilations,
      group,
      pads: [...begin, ...end.map(count => Math.max(0, count))],
      output_padding: end.map(count => Math.max(0, -count)),
    })
  if (!e.isPortable || group === 1 || perGroup !== 1) return transposed(weight)
  // Onnxruntime's WebGPU kernel (conv_backprop) answers wrongly where a group has one output channel and several
  // input channels: it gets a second one of zeros, of which nothing is taken.
  const none = [0, 0, ...kernel.map(() => 0)]
  const twice = transposed(e.pad(weight, none, [0, 1, ...kernel.map(() => 0)]))
  return e.slice(twice, [1], [0], [2 ** 31], [2])
}
