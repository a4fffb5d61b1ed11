import type { GraphBuilder, Value } from '../onnx/builder.ts'
import type { Precision } from './head-graph.ts'

/** What a layer applies to its pre-activation Φ, and so which loss explains it. */
export type Activation = 'softmax' | 'sigmoid' | 'relu' | 'tanh' | 'identity'

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
}

export interface LossNodes {
  readonly value: Value
  readonly residual: Value
}

export const LOSSES: { readonly [K in Activation]: Loss } = {
  softmax: { activate: softmax, build: buildSoftmax, curvature: 0.05 },
  sigmoid: elementwise(0.1, sigmoid, (g, phi) => [softplus(g, phi), g.op('Sigmoid', [phi])]),
  relu: elementwise(
    0.5,
    x => Math.max(x, 0),
    (g, phi) => {
      const positive = g.op('Relu', [phi])
      return [g.op('Mul', [half(g, positive), phi]), positive]
    },
  ),
  tanh: elementwise(0.5, Math.tanh, (g, phi) => [logCosh(g, phi), g.op('Tanh', [phi])]),
  identity: elementwise(
    1,
    x => x,
    (g, phi) => [g.op('Mul', [half(g, phi), phi]), phi],
  ),
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

function sigmoid(x: number): number {
  return 1 / (1 + Math.exp(-x))
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

/** A loss whose A works on each output alone; `primitive` answers A(Φ) and σ(Φ). */
function elementwise(
  curvature: number,
  sigma: (x: number) => number,
  primitive: (g: GraphBuilder, phi: Value) => [Value, Value],
): Loss {
  return {
    curvature,
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

function half(g: GraphBuilder, x: Value): Value {
  return g.op('Mul', [x, g.scalar(0.5, x.type as Precision)])
}

/** log(1 + eˣ) = max(x, 0) + log(1 + e^−|x|), which does not overflow; Softplus has no kernel in double precision. */
function softplus(g: GraphBuilder, x: Value): Value {
  const decay = g.op('Exp', [g.op('Neg', [g.op('Abs', [x])])])
  const one = g.scalar(1, x.type as Precision)
  return g.op('Add', [g.op('Relu', [x]), g.op('Log', [g.op('Add', [decay, one])])])
}

/** log cosh x = |x| + softplus(−2|x|) − log 2, which does not overflow. */
function logCosh(g: GraphBuilder, x: Value): Value {
  const type = x.type as Precision
  const size = g.op('Abs', [x])
  const tail = softplus(g, g.op('Mul', [size, g.scalar(-2, type)]))
  return g.op('Sub', [g.op('Add', [size, tail]), g.scalar(Math.LN2, type)])
}
