import { type Rules, type Step, unary } from './rule.ts'

/*
 * Functions of one number. What their outputs tell is taken from these, so that fewer inputs are kept.
 */

const positive = ({ e }: Step, tensor: string): string => e.op('Greater', [tensor, 0])

/** g where lo < y < hi. */
function within({ e, y, g }: Step, lo: string | number | null, hi: string | number | null): string {
  let out = g
  if (lo !== null) out = e.mul(out, e.indicator(e.op('Greater', [y, lo])))
  if (hi !== null) out = e.mul(out, e.indicator(e.op('Less', [y, hi])))
  return out
}

export const ACTIVATIONS: Rules = {
  Relu: unary(step => step.e.mul(step.g, step.e.indicator(positive(step, step.y)))),
  LeakyRelu: unary(step =>
    step.e.where(positive(step, step.x), step.g, step.e.mul(step.g, step.float('alpha', 0.01))),
  ),
  PRelu: unary(step => step.e.where(positive(step, step.x), step.g, step.e.mul(step.g, step.node.input[1]))),
  Elu: unary(step => {
    const { e, g, x, y } = step
    return e.where(positive(step, x), g, e.mul(g, e.add(y, step.float('alpha', 1))))
  }),
  Selu: unary(step => {
    const { e, g, x, y } = step
    const gamma = step.float('gamma', 1.0507009873554805)
    const alpha = step.float('alpha', 1.6732632423543772)
    return e.where(positive(step, x), e.mul(g, gamma), e.mul(g, e.add(y, alpha * gamma)))
  }),
  // At a bound itself there is no gradient, as in PyTorch's relu6.
  Clip: unary(step => within(step, step.node.input[1] || null, step.node.input[2] || null)),
  Sigmoid: unary(({ e, g, y }) => e.mul(g, e.mul(y, e.sub(1, y)))),
  Tanh: unary(({ e, g, y }) => e.mul(g, e.sub(1, e.mul(y, y)))),
  HardSigmoid: unary(step => step.e.mul(within(step, 0, 1), step.float('alpha', 0.2))),
  HardSwish: unary(({ e, g, x }) => {
    const between = e.mul(g, e.add(e.div(x, 3), 0.5))
    return e.where(e.op('Less', [x, -3]), 0, e.where(e.op('Greater', [x, 3]), g, between))
  }),
  Softplus: unary(({ e, g, x }) => e.mul(g, e.op('Sigmoid', [x]))),
  Softsign: unary(({ e, g, x }) => {
    const size = e.add(1, e.op('Abs', [x]))
    return e.div(g, e.mul(size, size))
  }),
  Mish: unary(({ e, g, x }) => {
    const t = e.op('Tanh', [e.op('Softplus', [x])])
    const slope = e.mul(e.mul(x, e.op('Sigmoid', [x])), e.sub(1, e.mul(t, t)))
    return e.mul(g, e.add(t, slope))
  }),
  Gelu: unary(step => (step.text('approximate', 'none') === 'tanh' ? tanhGelu(step) : gelu(step))),
  Erf: unary(({ e, g, x }) => {
    const bell = e.exp(e.op('Neg', [e.mul(x, x)]))
    return e.mul(g, e.mul(bell, 2 / Math.sqrt(Math.PI)))
  }),
}

/** Φ(x) + x φ(x) */
function gelu({ e, g, x }: Step): string {
  const below = e.mul(e.add(1, e.op('Erf', [e.mul(x, Math.SQRT1_2)])), 0.5)
  const bell = e.mul(e.exp(e.mul(e.mul(x, x), -0.5)), 1 / Math.sqrt(2 * Math.PI))
  return e.mul(g, e.add(below, e.mul(x, bell)))
}

/** Of x (1 + tanh u)/2 with u = √(2/π) (x + 0.044715 x³). */
function tanhGelu({ e, g, x }: Step): string {
  const scale = Math.sqrt(2 / Math.PI)
  const square = e.mul(x, x)
  const t = e.op('Tanh', [e.mul(x, e.add(scale, e.mul(square, scale * 0.044715)))])
  const slope = e.add(scale, e.mul(square, 3 * scale * 0.044715))
  const rise = e.mul(e.mul(x, e.sub(1, e.mul(t, t))), slope)
  return e.mul(g, e.mul(e.add(e.add(1, t), rise), 0.5))
}
