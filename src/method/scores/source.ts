import type { Matrix } from '../../math/matrix.ts'
import type { FactoredHessian } from '../curvature/inverse-hessian.ts'
import type { Leverages } from '../curvature/leverage.ts'
import type { Problem } from '../head/problem.ts'

/** A head at the optimum of its problem. */
export interface FittedHead {
  readonly problem: Problem
  /** Θ [d (+1), c] */
  readonly theta: Matrix<Float64Array>
}

/** What mislabel scores are made from: the fit with labels, whose targets are the labels that are doubted. */
export interface ScoreSource extends FittedHead {
  /** The class of each training example [n], of a softmax; null where each output has a label of its own */
  readonly classes: Int32Array | null
  /** For `alpha-teacher`: the fit to the given model's outputs, on the same features */
  readonly teacher?: FittedHead
  /** The Hessian at Θ where it is factored already, to be released by whoever made it; made unless given */
  readonly hessian?: FactoredHessian
  /** Of the problem at Θ, where several scores look at them; made unless given */
  readonly leverages?: Leverages
  /** Of what is drawn at random: folds, and `random` */
  readonly seed?: number
  readonly signal?: AbortSignal
}
