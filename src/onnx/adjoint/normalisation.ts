import { product } from '../constant-shape.ts'
import type { Sizes } from './emitter.ts'
import { fromFront, type Rules, range, type Step } from './rule.ts'

export const NORMALISATION: Rules = {
  BatchNormalization: {
    through: [0],
    adjoint: step => {
      const { e, g, x, node } = step
      if (step.int('training_mode', 0) !== 0) step.refuse('training mode')
      const deviation = e.op('Sqrt', [e.add(node.input[4], step.float('epsilon', 1e-5))])
      const scale = e.div(node.input[1], deviation)
      return [e.scale(g, e.reshape(scale, channelSizes(step.sizes(x))))]
    },
  },
  LayerNormalization: {
    through: [0],
    adjoint: step => {
      const rank = step.sizes(step.x).length
      const axes = range(fromFront(step.int('axis', -1), rank), rank)
      return [normalised(step, step.x, step.e.mul(step.g, step.node.input[1]), axes)]
    },
  },
  InstanceNormalization: {
    through: [0],
    adjoint: step => {
      const { e, g, x, node } = step
      const sizes = step.sizes(x)
      const scaled = e.mul(g, e.reshape(node.input[1], channelSizes(sizes)))
      return [normalised(step, x, scaled, range(2, sizes.length))]
    },
  },
  GroupNormalization: {
    through: [0],
    adjoint: step => {
      const { e, g, x, node, opset } = step
      const sizes = step.sizes(x)
      const [batch, channels, ...places] = sizes
      const groups = step.int('num_groups', 1)
      const grouped: Sizes = [batch, groups, (Number(channels) / groups) * product(places.map(Number))]
      // One factor for each group first, for each channel since operator set 21.
      const perChannel = opset >= 21
      const scaled = perChannel
        ? e.reshape(e.mul(g, e.reshape(node.input[1], channelSizes(sizes))), grouped)
        : e.mul(e.reshape(g, grouped), e.reshape(node.input[1], [groups, 1]))
      return [e.reshape(normalised(step, e.reshape(x, grouped), scaled, [2]), sizes)]
    },
  },
}

/** The sizes that one number a channel has to be repeated over [batch, channels, …]. */
const channelSizes = (sizes: Sizes): Sizes => [sizes[1], ...sizes.slice(2).map(() => 1)]

/** Adjoint of x̂ = (x − mean) / √(variance + ε) over axes: (h − mean(h) − x̂ mean(h x̂)) / √(variance + ε). */
function normalised(step: Step, x: string, h: string, axes: readonly number[]): string {
  const { e } = step
  const centred = e.sub(x, e.mean(x, axes))
  const variance = e.mean(e.mul(centred, centred), axes)
  const deviation = e.op('Sqrt', [e.add(variance, step.float('epsilon', 1e-5))])
  const unit = e.div(centred, deviation)
  const along = e.mul(unit, e.mean(e.mul(h, unit), axes))
  return e.div(e.sub(e.sub(h, e.mean(h, axes)), along), deviation)
}
