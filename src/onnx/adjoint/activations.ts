import type { Operand } from './emitter.ts'
import { type Rule, type Rules, type Step, unary } from './rule.ts'

/*
 * Functions of one number. What their outputs tell is taken from these, so that fewer inputs are kept.
 */

/** A rule by the slope of a function at every number. */
const slope = (of: (step: Step) => Operand): Rule => unary(step => step.e.scale(step.g, of(step)))

/** 1 where a tensor is above zero and `otherwise` elsewhere. */
const bent = ({ e }: Step, tensor: string, otherwise: Operand): string =>
  e.where(e.op('Greater', [tensor, 0]), 1, otherwise)

/** g where lo < y < hi. */
function within({ e, y, g }: Step, lo: Operand | null, hi: Operand | null): string {
  let out = g
  if (lo !== null) out = e.scale(out, e.positive(lo === 0 ? y : e.sub(y, lo)))
  if (hi !== null) out = e.scale(out, e.positive(e.sub(hi, y)))
  return out
}

export const ACTIVATIONS: Rules = {
  Relu: slope(({ e, y }) => e.positive(y)),
  LeakyRelu: slope(step => bent(step, step.x, step.float('alpha', 0.01))),
  PRelu: slope(step => bent(step, step.x, step.node.input[1])),
  Elu: slope(step => bent(step, step.x, step.e.add(step.y, step.float('alpha', 1)))),
  Selu: slope(step => {
    const gamma = step.float('gamma', 1.0507009873554805)
    const alpha = step.float('alpha', 1.6732632423543772)
    const { e, x, y } = step
    return e.where(e.op('Greater', [x, 0]), gamma, e.add(y, alpha * gamma))
  }),
  ThresholdedRelu: slope(step => step.e.positive(step.e.sub(step.x, step.float('alpha', 1)))),
  // At a bound itself there is no gradient, as in PyTorch's relu6.
  Clip: unary(step => within(step, step.node.input[1] || null, step.node.input[2] || null)),
  Sigmoid: slope(({ e, y }) => e.mul(y, e.sub(1, y))),
  Tanh: slope(({ e, y }) => e.sub(1, e.mul(y, y))),
  HardSigmoid: unary(step => step.e.scale(within(step, 0, 1), step.float('alpha', 0.2))),
  HardSwish: slope(({ e, x }) => {
    const between = e.add(e.div(x, 3), 0.5)
    return e.where(e.op('Less', [x, -3]), 0, e.where(e.op('Greater', [x, 3]), 1, between))
  }),
  Softplus: slope(({ e, x }) => e.op('Sigmoid', [x])),
  Softsign: slope(({ e, x }) => {
    const size = e.add(1, e.op('Abs', [x]))
    return e.div(1, e.mul(size, size))
  }),
  Mish: slope(({ e, x }) => {
    const t = e.op('Tanh', [e.op('Softplus', [x])])
    return e.add(t, e.mul(e.mul(x, e.op('Sigmoid', [x])), e.sub(1, e.mul(t, t))))
  }),
  Gelu: slope(step => (step.text('approximate', 'none') === 'tanh' ? tanhGelu(step) : gelu(step))),
  Erf: slope(({ e, x }) => e.mul(e.exp(e.op('Neg', [e.mul(x, x)])), 2 / Math.sqrt(Math.PI))),
}

/** Φ(x) + x φ(x) */
function gelu({ e, x }: Step): string {
  const below = e.mul(e.add(1, e.op('Erf', [e.mul(x, Math.SQRT1_2)])), 0.5)
  const bell = e.mul(e.exp(e.mul(e.mul(x, x), -0.5)), 1 / Math.sqrt(2 * Math.PI))
  return e.add(below, e.mul(x, bell))
}

/** Of x (1 + tanh u)/2 with u = √(2/π) (x + 0.044715 x³). */
function tanhGelu({ e, x }: Step): string {
  const scale = Math.sqrt(2 / Math.PI)
  const square = e.mul(x, x)
  const t = e.op('Tanh', [e.mul(x, e.add(scale, e.mul(square, scale * 0.044715)))])
  const steepness = e.add(scale, e.mul(square, 3 * scale * 0.044715))
  const rise = e.mul(e.mul(x, e.sub(1, e.mul(t, t))), steepness)
  return e.mul(e.add(e.add(1, t), rise), 0.5)
}
