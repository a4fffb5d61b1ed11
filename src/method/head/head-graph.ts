import type { FeatureRows } from '../../math/rows.ts'
import type { GraphBuilder, Value } from '../../onnx/builder.ts'

/**
 * How the head's bias takes part: as one more row of Θ that is regularised like the rest, as one that is not
 * (free), or not at all.
 */
export type Bias = 'regularised' | 'free' | 'none'

/** Floating-point types that the fit computes in. */
export type Precision = 'float32' | 'float64'

/**
 * The size of a matrix that features are multiplied with: d features, c outputs. With a constant feature 1 it
 * has a last row for that, which is never stored: graphs add the row to the product and sum for its gradient.
 */
export interface HeadShape {
  readonly d: number
  readonly c: number
  readonly constant: boolean
}

/** Rows of the matrix: d, and one more for the constant feature. */
export function shapeRows({ d, constant }: Pick<HeadShape, 'd' | 'constant'>): number {
  return constant ? d + 1 : d
}

/** A block of features as they are stored, in the precision of the graph. */
export function featuresInput(
  g: GraphBuilder,
  { cols: d, dtype }: Pick<FeatureRows, 'cols' | 'dtype'>,
  precision: Precision,
): Value {
  const single = g.cast(g.input('features', dtype, ['rows', d]), 'float32')
  if (dtype === 'float32' || precision === 'float32') return g.cast(single, precision)
  // Two casts side by side become one, from half to double, which ONNX Runtime makes several times slower.
  return g.cast(g.op('Reshape', [single, g.integers([-1, d])]), precision)
}

/** Φ = F̃ Θ  [rows, c], where F̃ is F with the constant 1 appended if there is one. */
export function linear(g: GraphBuilder, features: Value, theta: Value, { d, constant }: HeadShape): Value {
  // Into a MatMul ONNX Runtime would fuse a factor that follows, rounded to single precision.
  if (!constant) return g.op('Gemm', [features, theta])
  return g.op('Gemm', [features, g.rows(theta, 0, d), g.rows(theta, d, d + 1)])
}

/** F̃ᵀ A  [d (+1), c] */
export function weightedSum(
  g: GraphBuilder,
  features: Value,
  weights: Value,
  { constant }: Pick<HeadShape, 'constant'>,
): Value {
  const product = g.op('Gemm', [features, weights], { transA: 1 })
  return constant ? g.op('Concat', [product, g.sum(weights, 0)], { axis: 0 }) : product
}
