import type { GraphBuilder, Value } from '../../onnx/builder.ts'
import type { Precision } from './head-graph.ts'

/*
 * Functions that losses are made of, as nodes of a graph: written with the operators that ONNX Runtime has in
 * double precision too, which Softplus, Elu, LeakyRelu, HardSigmoid and Clip are not all among.
 */

export function scaleBy(g: GraphBuilder, x: Value, factor: number): Value {
  return g.op('Mul', [x, g.scalar(factor, x.type as Precision)])
}

export function shiftBy(g: GraphBuilder, x: Value, term: number): Value {
  return g.op('Add', [x, g.scalar(term, x.type as Precision)])
}

export function half(g: GraphBuilder, x: Value): Value {
  return scaleBy(g, x, 0.5)
}

/** min(x, 0) */
export function negativePart(g: GraphBuilder, x: Value): Value {
  return g.op('Neg', [g.op('Relu', [g.op('Neg', [x])])])
}

/** log(1 + e^−|x|), which is in (0, log 2]. */
function decayLog(g: GraphBuilder, x: Value): Value {
  const decay = g.op('Exp', [g.op('Neg', [g.op('Abs', [x])])])
  return g.op('Log', [shiftBy(g, decay, 1)])
}

/** log(1 + eˣ) = max(x, 0) + log(1 + e^−|x|), which does not overflow. */
export function softplus(g: GraphBuilder, x: Value): Value {
  return g.op('Add', [g.op('Relu', [x]), decayLog(g, x)])
}

/** log cosh x = |x| + softplus(−2|x|) − log 2, which does not overflow. */
export function logCosh(g: GraphBuilder, x: Value): Value {
  const size = g.op('Abs', [x])
  return shiftBy(g, g.op('Add', [size, softplus(g, scaleBy(g, size, -2))]), -Math.LN2)
}

/** x, kept within two bounds, of which an infinite one is none. */
export function clip(g: GraphBuilder, x: Value, low: number, high: number): Value {
  const type = x.type as Precision
  const above = Number.isFinite(low) ? g.op('Max', [x, g.scalar(low, type)]) : x
  return Number.isFinite(high) ? g.op('Min', [above, g.scalar(high, type)]) : above
}

/** ∫ clip(x) dx = ½ v² + low · min(x − low, 0) + high · max(x − high, 0), with v = clip(x). */
export function clipIntegral(g: GraphBuilder, x: Value, low: number, high: number): Value {
  const v = clip(g, x, low, high)
  let sum = half(g, g.op('Mul', [v, v]))
  if (Number.isFinite(low)) sum = g.op('Add', [sum, scaleBy(g, negativePart(g, shiftBy(g, x, -low)), low)])
  if (Number.isFinite(high)) sum = g.op('Add', [sum, scaleBy(g, g.op('Relu', [shiftBy(g, x, -high)]), high)])
  return sum
}

/** B₂ₖ / (2k + 1)! for k = 1 …: what remains of the series is below 10⁻¹⁷ at u = log 2. */
const BERNOULLI = [
  1 / 36,
  -1 / 3600,
  1 / 211_680,
  -1 / 10_886_400,
  1 / 526_901_760,
  -691 / 16_999_766_784_000,
  1 / 1_120_863_744_000,
]

/**
 * ∫ log(1 + eˣ) dx = −Li₂(−eˣ). With u = log(1 + e^−|x|) and the series of the dilogarithm in Bernoulli's
 * numbers, −Li₂(−e^−|x|) = D(u) = u + u²/4 + Σ B₂ₖ u²ᵏ⁺¹ / (2k + 1)!; for x > 0 the inversion formula
 * gives π²/6 + ½x² − D(u) (Lewin, Polylogarithms and Associated Functions, 1981, (1.10) and (1.11)).
 */
export function softplusIntegral(g: GraphBuilder, x: Value): Value {
  const type = x.type as Precision
  const u = decayLog(g, x)
  const square = g.op('Mul', [u, u])
  let series = g.scalar(BERNOULLI[BERNOULLI.length - 1], type)
  for (const coefficient of BERNOULLI.slice(0, -1).reverse()) {
    series = shiftBy(g, g.op('Mul', [square, series]), coefficient)
  }
  const odd = g.op('Mul', [u, shiftBy(g, g.op('Mul', [square, series]), 1)])
  const tail = g.op('Add', [odd, scaleBy(g, square, 0.25)])
  const positive = g.op('Greater', [x, g.scalar(0, type)], {}, 'bool')
  const inverted = g.op('Sub', [shiftBy(g, half(g, g.op('Mul', [x, x])), Math.PI ** 2 / 6), tail])
  return g.op('Where', [positive, inverted, tail], {}, type)
}
