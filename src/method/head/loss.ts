import { type Activation, type ActivationName, activationParts } from '../../onnx/activation.ts'
import type { GraphBuilder, Value } from '../../onnx/builder.ts'
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
  /** Nodes for L(Φᵢ, Tᵢ) and for σ(Φ) − T. */
  build(g: GraphBuilder, phi: Value, targets: Value): LossNodes
  /** σ(Φ) − T [rows, c] again, which costs more and keeps its digits where both nearly agree. */
  residual(g: GraphBuilder, phi: Value, targets: Value, c: number): Value
  /**
   * How L curves: σ′(Φ) [rows, c] where each output is a problem of its own; of softmax, whose outputs curve
   * together, the mean over the directions that it sees [rows, 1].
   */
  slopes(g: GraphBuilder, phi: Value, c: number): Value
  /** The second derivative of L times V [rows, c]: how σ(Φ) moves along V. */
  curve(g: GraphBuilder, phi: Value, v: Value): Value
  /** Each output is a problem of its own. */
  readonly isSeparate: boolean
  /** The least and the largest that σ comes to: targets beyond have no minimum. */
  readonly range: readonly [low: number, high: number]
  /** σ comes to its bounds at finite Φ, or has none. */
  readonly reachesBounds: boolean
}

export interface LossNodes {
  /** [rows, c] where each output is a problem of its own, else [rows, 1] */
  readonly values: Value
  /** [rows, c] */
  readonly residual: Value
}

/** The loss of each activation, from the numbers of its name. */
const LOSSES: { readonly [K in ActivationName]: (...numbers: number[]) => Loss } = {
  softmax: () => ({
    activate: softmax,
    build: buildSoftmax,
    residual: softmaxResidual,
    slopes: softmaxSlopes,
    curve: softmaxCurve,
    isSeparate: false,
    range: [0, 1],
    reachesBounds: false,
  }),
  sigmoid: () =>
    elementwise({
      slope: (g, phi) => {
        const s = g.op('Sigmoid', [phi])
        return g.op('Sub', [s, g.op('Mul', [s, s])])
      },
      range: [0, 1],
      reachesBounds: false,
      sigma: logistic,
      primitive: (g, phi) => [softplus(g, phi), g.op('Sigmoid', [phi])],
    }),
  relu: () =>
    elementwise({
      slope: isPositive,
      range: [0, Number.POSITIVE_INFINITY],
      reachesBounds: true,
      sigma: x => Math.max(x, 0),
      primitive: (g, phi) => homogeneous(g, phi, g.op('Relu', [phi])),
    }),
  tanh: () =>
    elementwise({
      slope: (g, phi) => {
        const t = g.op('Tanh', [phi])
        return shiftBy(g, g.op('Neg', [g.op('Mul', [t, t])]), 1)
      },
      range: [-1, 1],
      reachesBounds: false,
      sigma: Math.tanh,
      primitive: (g, phi) => [logCosh(g, phi), g.op('Tanh', [phi])],
    }),
  identity: () =>
    elementwise({
      slope: (g, phi) => shiftBy(g, scaleBy(g, phi, 0), 1),
      range: EVERYWHERE,
      reachesBounds: true,
      sigma: x => x,
      primitive: (g, phi) => homogeneous(g, phi, phi),
    }),
  softplus: () =>
    elementwise({
      slope: (g, phi) => g.op('Sigmoid', [phi]),
      range: [0, Number.POSITIVE_INFINITY],
      reachesBounds: false,
      sigma: x => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))),
      primitive: (g, phi) => [softplusIntegral(g, phi), softplus(g, phi)],
    }),
  'leaky-relu': slope =>
    elementwise({
      slope: (g, phi) => shiftBy(g, scaleBy(g, isPositive(g, phi), 1 - slope), slope),
      range: slope > 0 ? EVERYWHERE : [0, Number.POSITIVE_INFINITY],
      reachesBounds: true,
      sigma: x => (x > 0 ? x : slope * x),
      primitive: (g, phi) =>
        homogeneous(g, phi, g.op('Add', [g.op('Relu', [phi]), scaleBy(g, negativePart(g, phi), slope)])),
    }),
  elu: scale =>
    elementwise({
      slope: (g, phi) => {
        const decay = scaleBy(g, g.op('Exp', [negativePart(g, phi)]), scale)
        return g.op('Where', [above(g, phi, 0), g.scalar(1, phi.type as Precision), decay], {}, phi.type)
      },
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
      slope: (g, phi) => scaleBy(g, isInside(g, shiftBy(g, scaleBy(g, phi, slope), offset), 0, 1), slope),
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
      slope: (g, phi) => isInside(g, phi, low, high),
      range: [low, high],
      reachesBounds: true,
      sigma: x => Math.min(Math.max(x, low), high),
      primitive: (g, phi) => [clipIntegral(g, phi, low, high), clip(g, phi, low, high)],
    }),
}

const logistic = (x: number): number => 1 / (1 + Math.exp(-x))

type Nodes = (g: GraphBuilder, phi: Value) => Value

const above = (g: GraphBuilder, x: Value, bound: number): Value =>
  g.op('Greater', [x, g.scalar(bound, x.type as Precision)], {}, 'bool')

/** 1 above 0, 0 below, and ½ at the kink: a fit may start with every example there. */
const isPositive: Nodes = (g, x) => shiftBy(g, half(g, g.op('Sign', [x])), 0.5)

/** 1 where low < x < high, else 0 */
function isInside(g: GraphBuilder, x: Value, low: number, high: number): Value {
  const below = above(g, g.op('Neg', [x]), -high)
  return g.cast(g.op('And', [above(g, x, low), below], {}, 'bool'), x.type)
}

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

/** The trace of diag(p) − ppᵀ, spread over all directions but the one that softmax does not see. */
function softmaxSlopes(g: GraphBuilder, phi: Value, c: number): Value {
  const p = g.op('Softmax', [phi], { axis: 1 })
  const rest = shiftBy(g, g.op('Neg', [g.sum(g.op('Mul', [p, p]), 1)]), 1)
  return scaleBy(g, rest, 1 / (c - 1))
}

/** (diag(p) − ppᵀ) v of each row. */
function softmaxCurve(g: GraphBuilder, phi: Value, v: Value): Value {
  const p = g.op('Softmax', [phi], { axis: 1 })
  const weighted = g.op('Mul', [p, v])
  return g.op('Sub', [weighted, g.op('Mul', [p, g.sum(weighted, 1)])])
}

/** Cross-entropy by log p, of which p is the exponential: log p is finite wherever Φ is. */
function buildSoftmax(g: GraphBuilder, phi: Value, targets: Value): LossNodes {
  const shares = sharesOf(g, targets)
  const logProbabilities = g.op('LogSoftmax', [phi], { axis: 1 })
  return {
    values: g.op('Neg', [g.sum(g.op('Mul', [shares, logProbabilities]), 1)]),
    residual: g.op('Sub', [g.op('Exp', [logProbabilities]), shares]),
  }
}

/**
 * p − T without cancellation. For a confident example p and T nearly agree in their top entry, which is where
 * the residual is largest in size and p − T loses its digits; rows of p and T both sum to 1, so with
 * s = argmax T that entry is minus the sum of the others.
 */
function softmaxResidual(g: GraphBuilder, phi: Value, targets: Value, c: number): Value {
  const type = phi.type as Precision
  const outputs = g.integers(Array.from({ length: c }, (_, j) => j))
  const largest = g.op('ArgMax', [targets], { axis: 1, keepdims: 1 }, 'int64')
  const top = g.op('Equal', [outputs, largest], {}, 'bool')
  const difference = g.op('Sub', [g.op('Softmax', [phi], { axis: 1 }), sharesOf(g, targets)])
  const others = g.op('Where', [top, g.scalar(0, type), difference], {}, type)
  return g.op('Where', [top, g.op('Neg', [g.sum(others, 1)]), others], {}, type)
}

/** T with rows that sum to 1 beyond the rounding with which they are stored. */
function sharesOf(g: GraphBuilder, targets: Value): Value {
  return targets.type === 'float32' ? targets : g.op('Div', [targets, g.sum(targets, 1)])
}

/** A loss whose A works on each output alone. */
interface Elementwise extends Pick<Loss, 'range' | 'reachesBounds'> {
  readonly sigma: (x: number) => number
  /** σ′(Φ) */
  readonly slope: Nodes
  /** Nodes for A(Φ) and σ(Φ) */
  readonly primitive: (g: GraphBuilder, phi: Value) => [Value, Value]
}

function elementwise({ sigma, slope, primitive, ...loss }: Elementwise): Loss {
  return {
    ...loss,
    activate(phi) {
      for (let j = 0; j < phi.length; j++) phi[j] = sigma(phi[j])
    },
    build(g, phi, targets) {
      const [a, activated] = primitive(g, phi)
      return {
        values: g.op('Sub', [a, g.op('Mul', [targets, phi])]),
        residual: g.op('Sub', [activated, targets]),
      }
    },
    residual: (g, phi, targets) => g.op('Sub', [primitive(g, phi)[1], targets]),
    slopes: slope,
    curve: (g, phi, v) => g.op('Mul', [slope(g, phi), v]),
    isSeparate: true,
  }
}
