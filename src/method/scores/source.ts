import type { Matrix } from '../../math/matrix.ts'
import type { Kernel } from '../head/kernel.ts'
import type { Problem } from '../head/problem.ts'

/** A head at the optimum of its problem. */
export interface FittedHead {
  readonly problem: Problem
  /** Θ [d (+1), c] */
  readonly theta: Matrix<Float64Array>
}

/** What is being done for a score, and how far it is. */
export interface ScoreStep {
  readonly phase: 'neighbours' | 'votes' | 'folds' | 'hessian' | 'leverages'
  /** Examples, or folds; 0 of 1 where it is not known how far it is */
  readonly done: number
  readonly total: number
}

/** What mislabel scores are made from: the fit with labels, whose targets are the labels that are doubted. */
export interface ScoreSource extends FittedHead {
  /** The class of each training example [n], of a softmax; null where each output has a label of its own */
  readonly classes: Int32Array | null
  /** For `alpha-teacher`: the fit to the given model's outputs, on the same features */
  readonly teacher?: FittedHead
  /** For `self-representer`: what similarity is, plain unless given */
  readonly kernel?: Kernel
  /** Of what is drawn at random: folds, the order of voters, and `random` */
  readonly seed?: number
  readonly onProgress?: ((step: ScoreStep) => void) | undefined
  readonly signal?: AbortSignal | undefined
}
