import type { FeatureRows, Rows } from '../../math/rows.ts'
import type { Activation } from '../../onnx/activation.ts'
import type { Bias, HeadShape } from './head-graph.ts'

/** What is minimised: everything but Θ. */
export interface Problem {
  /** [n, d], without the constant feature of the bias */
  readonly features: FeatureRows
  /** [n, c] */
  readonly targets: Rows
  readonly activation: Activation
  readonly lambda: number
  readonly bias: Bias
}

/** The size of Θ [d (+1), c]. */
export function headShape({ features, targets, bias }: Problem): HeadShape {
  return { d: features.cols, c: targets.cols, constant: bias !== 'none' }
}
