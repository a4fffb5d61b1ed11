import type { GraphBuilder, Value } from '../onnx/builder.ts'

/** How the head's bias takes part: as one more row of Θ that is regularised like the rest, or not at all. */
export type Bias = 'regularised' | 'none'

/** Floating-point types that the fit computes in. */
export type Precision = 'float32' | 'float64'

/**
 * The size of a head: d features, c outputs. With a regularised bias Θ has a last row for the constant
 * feature 1, which is never stored: graphs add the row to the product and sum for its gradient.
 */
export interface HeadShape {
  readonly d: number
  readonly c: number
  readonly bias: Bias
}

/** Rows of Θ: d, and one more for the bias. */
export function thetaRows({ d, bias }: HeadShape): number {
  return bias === 'regularised' ? d + 1 : d
}

/** A block of features, stored in float32, in the precision of the graph. */
export function featuresInput(g: GraphBuilder, { d }: HeadShape, precision: Precision): Value {
  return g.cast(g.input('features', 'float32', ['rows', d]), precision)
}

/** Φ = F̃ Θ  [rows, c], where F̃ is F with the constant 1 appended if there is a bias. */
export function linear(g: GraphBuilder, features: Value, theta: Value, { d, bias }: HeadShape): Value {
  if (bias === 'none') return g.op('MatMul', [features, theta])
  return g.op('Gemm', [features, g.rows(theta, 0, d), g.rows(theta, d, d + 1)])
}

/** F̃ᵀ A  [d (+1), c] */
export function weightedSum(g: GraphBuilder, features: Value, weights: Value, { bias }: HeadShape): Value {
  const product = g.op('Gemm', [features, weights], { transA: 1 })
  return bias === 'none' ? product : g.op('Concat', [product, g.sum(weights, 0)], { axis: 0 })
}
