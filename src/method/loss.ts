import { type Activation, type ActivationName, activationParts } from '../onnx/activation.ts'
import type { GraphBuilder, Value } from '../onnx/builder.ts'
import type { Precision } from './head-graph.ts'
import {
  clip,
  clipIntegral,
  half,
  logCosh,
  negativePart,
  scaleBy,
  shiftBy,
  softplus,
  softplusIntegral,
} from './primitives.ts'

/**
 * The loss that is suitable to an activation σ: convex in Φ and least exactly where σ(Φ) = T.
 *
 *   L(Φ, T) = A(Φ) − ⟨T, Φ⟩   with A′ = σ,   so   ∂L/∂Φ = σ(Φ) − T
 *
 * (Yeh et al. 2018, proposition 3.1, for softmax and relu; the same construction for the rest.)
 */
export interface Loss {
  /** σ of one row of Φ [c], in place. */
  activate(phi: Float64Array): void
  /** Nodes for Σᵢ L(Φᵢ, Tᵢ), a scalar, and σ(Φ) − T [rows, c]. */
  build(g: GraphBuilder, phi: Value, targets: Value, c: number): LossNodes
  /** A typical σ′ over examples and outputs, to precondition the fit with. */
  readonly curvature: number
  /** σ′ where it differs from output to output; null where outputs curve together, or everywhere alike. */
  readonly slope: ((x: number) => number) | null
  /** The least and the largest that σ comes to: targets beyond have no minimum. */
  readonly range: readonly [low: number, high: number]
  /** σ comes to its bounds at finite Φ, or has none. */
  readonly reachesBounds: boolean
}

export interface LossNodes {
  readonly value: Value
  readonly residual: Value
}

/** The loss of each activation, from the numbers of its name. */
const LOSSES: { readonly [K in ActivationName]: (...numbers: number[]) => Loss } = {
  softmax: () => ({
    activate: softmax,
    build: buildSoftmax,
    curvature: 0.05,
    slope: null,
    range: [0, 1],
    reachesBounds: false,
  }),
  sigmoid: () =>
    elementwise({
      curvature: 0.1,
      slope: x => logistic(x) * logistic(-x),
      range: [0, 1],
      reachesBounds: false,
      sigma: logistic,
      primitive: (g, phi) => [softplus(g, phi), g.op('Sigmoid', [phi])],
    }),
  relu: () =>
    elementwise({
      curvature: 0.5,
      slope: x => Number(x > 0),
      range: [0, Number.POSITIVE_INFINITY],
      reachesBounds: true,
      sigma: x => Math.max(x, 0),
      primitive: (g, phi) => homogeneous(g, phi, g.op('Relu', [phi])),
    }),
  tanh: () =>
    elementwise({
      curvature: 0.5,
      slope: x => 1 - Math.tanh(x) ** 2,
      range: [-1, 1],
      reachesBounds: false,
      sigma: Math.tanh,
      primitive: (g, phi) => [logCosh(g, phi), g.op('Tanh', [phi])],
    }),
  identity: () =>
    elementwise({
      curvature: 1,
      slope: null,
      range: EVERYWHERE,
      reachesBounds: true,
      sigma: x => x,
      primitive: (g, phi) => homogeneous(g, phi, phi),
    }),
  softplus: () =>
    elementwise({
      curvature: 0.5,
      slope: logistic,
      range: [0, Number.POSITIVE_INFINITY],
      reachesBounds: false,
      sigma: x => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))),
      primitive: (g, phi) => [softplusIntegral(g, phi), softplus(g, phi)],
    }),
  'leaky-relu': slope =>
    elementwise({
      curvature: (1 + slope) / 2,
      slope: x => (x > 0 ? 1 : slope),
      range: slope > 0 ? EVERYWHERE : [0, Number.POSITIVE_INFINITY],
      reachesBounds: true,
      sigma: x => (x > 0 ? x : slope * x),
      primitive: (g, phi) =>
        homogeneous(g, phi, g.op('Add', [g.op('Relu', [phi]), scaleBy(g, negativePart(g, phi), slope)])),
    }),
  elu: scale =>
    elementwise({
      curvature: 0.5,
      slope: x => (x > 0 ? 1 : scale * Math.exp(x)),
      range: [-scale, Number.POSITIVE_INFINITY],
      reachesBounds: false,
      sigma: x => (x > 0 ? x : scale * Math.expm1(x)),
      primitive(g, phi) {
        const positive = g.op('Relu', [phi])
        const negative = negativePart(g, phi)
        const decay = shiftBy(g, g.op('Exp', [negative]), -1)
        const tail = scaleBy(g, g.op('Sub', [decay, negative]), scale)
        return [
          g.op('Add', [half(g, g.op('Mul', [positive, positive])), tail]),
          g.op('Add', [positive, scaleBy(g, decay, scale)]),
        ]
      },
    }),
  // With u = slope · x + offset: σ = clip(u, 0, 1) and A = ∫ clip(u, 0, 1) du / slope.
  'hard-sigmoid': (slope, offset) =>
    elementwise({
      curvature: slope / 2,
      slope: x => slope * inside(slope * x + offset, 0, 1),
      range: [0, 1],
      reachesBounds: true,
      sigma: x => Math.min(Math.max(slope * x + offset, 0), 1),
      primitive(g, phi) {
        const u = shiftBy(g, scaleBy(g, phi, slope), offset)
        return [scaleBy(g, clipIntegral(g, u, 0, 1), 1 / slope), clip(g, u, 0, 1)]
      },
    }),
  clip: (low, high) =>
    elementwise({
      curvature: 0.5,
      slope: x => inside(x, low, high),
      range: [low, high],
      reachesBounds: true,
      sigma: x => Math.min(Math.max(x, low), high),
      primitive: (g, phi) => [clipIntegral(g, phi, low, high), clip(g, phi, low, high)],
    }),
}

const logistic = (x: number): number => 1 / (1 + Math.exp(-x))

const inside = (x: number, low: number, high: number): number => Number(x > low && x < high)

const EVERYWHERE = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY] as const

export function lossOf(activation: Activation): Loss {
  const { name, numbers } = activationParts(activation)
  return LOSSES[name](...numbers)
}

/** A and σ where σ(sx) = s σ(x) for every s > 0: then A = ½ σ(Φ) Φ. */
function homogeneous(g: GraphBuilder, phi: Value, sigma: Value): [Value, Value] {
  return [g.op('Mul', [half(g, sigma), phi]), sigma]
}

/** Softmax of one row, in place. */
function softmax(phi: Float64Array): void {
  let max = Number.NEGATIVE_INFINITY
  for (const x of phi) max = Math.max(max, x)
  let sum = 0
  for (let j = 0; j < phi.length; j++) {
    phi[j] = Math.exp(phi[j] - max)
    sum += phi[j]
  }
  for (let j = 0; j < phi.length; j++) phi[j] /= sum
}

/**
 * Cross-entropy without cancellation. For a confident example p and T nearly agree in their top entry,
 * which is where the residual is largest in size and p − T loses its digits; rows of p and T both sum to
 * 1, so with s = argmax T that entry is minus the sum of the others. The value follows the same reading
 * of T:  L = log Σⱼ exp(Φⱼ − m) − (Φₛ − m) − Σ_{j≠s} Tⱼ (Φⱼ − Φₛ),  m = max Φ.
 */
function buildSoftmax(g: GraphBuilder, phi: Value, targets: Value, c: number): LossNodes {
  const type = phi.type as Precision
  const zero = g.scalar(0, type)
  const outputs = g.integers(Array.from({ length: c }, (_, j) => j))
  const top = g.op(
    'Equal',
    [outputs, g.op('ArgMax', [targets], { axis: 1, keepdims: 1 }, 'int64')],
    {},
    'bool',
  )

  const shifted = g.op('Sub', [phi, g.max(phi, 1)])
  const exponential = g.op('Exp', [shifted])
  const total = g.sum(exponential, 1)
  const difference = g.op('Sub', [g.op('Div', [exponential, total]), targets])
  const others = g.op('Where', [top, zero, difference], {}, type)
  const residual = g.op('Where', [top, g.op('Neg', [g.sum(others, 1)]), others], {}, type)

  const topPhi = g.sum(g.op('Where', [top, shifted, zero], {}, type), 1)
  const pull = g.sum(g.op('Mul', [g.op('Sub', [shifted, topPhi]), targets]), 1)
  const rowLoss = g.op('Sub', [g.op('Sub', [g.op('Log', [total]), topPhi]), pull])
  return { value: g.sum(rowLoss, 'all'), residual }
}

/** A loss whose A works on each output alone. */
interface Elementwise extends Omit<Loss, 'activate' | 'build'> {
  readonly sigma: (x: number) => number
  /** Nodes for A(Φ) and σ(Φ) */
  readonly primitive: (g: GraphBuilder, phi: Value) => [Value, Value]
}

function elementwise({ sigma, primitive, ...loss }: Elementwise): Loss {
  return {
    ...loss,
    activate(phi) {
      for (let j = 0; j < phi.length; j++) phi[j] = sigma(phi[j])
    },
    build(g, phi, targets) {
      const [a, activated] = primitive(g, phi)
      return {
        value: g.sum(g.op('Sub', [a, g.op('Mul', [targets, phi])]), 'all'),
        residual: g.op('Sub', [activated, targets]),
      }
    },
  }
}
