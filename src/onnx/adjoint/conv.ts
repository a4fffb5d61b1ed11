import { product } from '../constant-shape.ts'
import type { Emitter, Sizes } from './emitter.ts'
import { numbersOf } from './held.ts'
import { type Held, type Rules, range, type Step } from './rule.ts'
import { intoWindows, spatial, type Windows, windowsOf } from './windows.ts'

/*
 * The adjoint of a convolution is the transposed one with the same weight, and the other way round. At stride 1
 * that is a convolution with the weight turned about, for which there are faster kernels.
 */

export const CONVOLUTIONS: Rules = {
  Conv: {
    through: [0],
    holds: step => (step.e.isPortable ? withMoreChannels(step) : null),
    adjoint: step => {
      const { g, x, y, node } = step
      const weight = node.input[1]
      const windows = windowsOf(step, spatial(step, step.sizes(weight)), step.sizes(x), step.sizes(y))
      const group = step.int('group', 1)
      return [
        turnedConv(step, windows, group) ??
          intoWindows(step, g, weight, windows, { group, perGroup: Number(step.sizes(weight)[1]) }),
      ]
    },
  },
  ConvTranspose: {
    through: [0],
    adjoint: step => {
      const { e, g, node } = step
      const auto = step.text('auto_pad', 'NOTSET')
      if (auto !== 'NOTSET' && auto !== 'VALID') step.refuse(`auto_pad ${auto}`)
      if (step.ints('output_shape')) step.refuse('output_shape')
      const kernel = spatial(step, step.sizes(node.input[1]))
      const one = kernel.map(() => 1)
      return [
        convolution(e, g, node.input[1], step.sizes(node.input[1]), {
          strides: step.ints('strides') ?? one,
          dilations: step.ints('dilations') ?? one,
          pads: step.ints('pads') ?? [...one, ...one].fill(0),
          group: step.int('group', 1),
        }),
      ]
    },
  },
}

/** Graphics processors are given up to three channels more, or twice as many. */
const withMoreChannels = (step: Step): Held => ({
  forward: 0,
  adjoint: 4 * numbersOf(step, step.x) + 6 * numbersOf(step, step.y),
})

/**
 * Onnxruntime's WebGPU kernel for windows of more than one place (conv2d_mm) takes a number of input channels that
 * three divides and four does not for three, and answers wrongly; zeros up to a multiple of four are left alone.
 *
 * @param sizes of the weight [out, in / group, …]
 */
function convolution(
  e: Emitter,
  tensor: string,
  weight: string,
  sizes: Sizes,
  attributes: { readonly group: number; readonly [name: string]: number | readonly number[] },
): string {
  const [, channels, ...kernel] = sizes as readonly number[]
  const isTaken = channels % 3 === 0 && channels % 4 !== 0 && channels > 3 && product(kernel) > 1
  if (!e.isPortable || !isTaken || attributes.group !== 1) return e.op('Conv', [tensor, weight], attributes)
  const none = sizes.map(() => 0)
  const more = none.map((_, axis) => (axis === 1 ? 4 - (channels % 4) : 0))
  return e.op('Conv', [e.pad(tensor, none, more), e.pad(weight, none, more)], attributes)
}

/** null where the adjoint is no convolution. */
function turnedConv(step: Step, windows: Windows, group: number): string | null {
  const { e, g, node } = step
  const { kernel, strides, dilations, begin, end } = windows
  const [outputs, inner] = step.sizes(node.input[1]) as readonly number[]
  const around = (ends: readonly number[]) => ends.map((count, a) => dilations[a] * (kernel[a] - 1) - count)
  const pads = [...around(begin), ...around(end)]
  if (strides.some(stride => stride !== 1) || pads.some(count => count < 0)) return null
  const weight = e.flip(turned(step, node.input[1], group), turnedAxes(kernel))
  return convolution(e, g, weight, [group * inner, outputs / group, ...kernel], { dilations, pads, group })
}

const turnedAxes = (kernel: readonly number[]): number[] =>
  kernel.flatMap((size, a) => (size === 1 ? [] : [a + 2]))

/** W [out, in / group, …] with its channels exchanged within each group: [in, out / group, …]. */
function turned(step: Step, weight: string, group: number): string {
  const { e } = step
  const [outputs, inner, ...kernel] = step.sizes(weight) as readonly number[]
  const outer = outputs / group
  const rank = kernel.length
  if (group === 1) return e.op('Transpose', [weight], { perm: [1, 0, ...range(2, 2 + rank)] })
  if (inner === 1 && outer === 1) return weight
  const grouped = e.reshape(weight, [group, outer, inner, ...kernel])
  const exchanged = e.op('Transpose', [grouped], { perm: [0, 2, 1, ...range(3, 3 + rank)] })
  return e.reshape(exchanged, [group * inner, outer, ...kernel])
}
