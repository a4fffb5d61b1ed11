import { norm } from '../../math/matrix.ts'
import type { Problem } from '../head/problem.ts'
import type { Completeness } from './completeness.ts'

/** When a run of a solver ends. */
export interface Goal {
  /** Completeness gap, in logits */
  readonly gap: number
  /** The bound of the gap is enough, and the gap is not measured. */
  readonly isBoundEnough?: boolean
  /** Iterations in which the gradient was not halved, after which this precision has nothing more to say. */
  readonly patience: number
}

/**
 * Whether a gradient is small enough, or no longer gets smaller. The gap itself costs a pass over the
 * features, so it is measured only where the bound, scaled by how loose it last was, says that it may have
 * been reached. A head that is far from Qᵀα altogether is not converged, however small its logits.
 */
export class Convergence {
  readonly #problem: Problem
  readonly #completeness: Completeness
  readonly #goal: Goal
  #looseness = 0.1
  /** What the bound has to be below half of, or the iterations since then count. */
  #mark = Number.POSITIVE_INFINITY
  #waited = 0

  constructor(problem: Problem, completeness: Completeness, goal: Goal) {
    this.#problem = problem
    this.#completeness = completeness
    this.#goal = goal
  }

  /** Whether rounding says more of the last steps than the objective does, asked of one iterate after another. */
  isStalled(gradient: Float64Array): boolean {
    const bound = this.#completeness.bound(gradient)
    this.#waited++
    if (bound < this.#mark / 2) {
      this.#mark = bound
      this.#waited = 0
    }
    return this.#waited >= this.#goal.patience
  }

  async isReached(point: Float64Array, gradient: Float64Array, gapBound: number): Promise<boolean> {
    const { gap, isBoundEnough = false } = this.#goal
    if (this.#completeness.isEmpty) return true
    const size = norm(gradient)
    if (size > 2 * this.#problem.lambda * LARGEST_SHARE * norm(point) && size > Number.EPSILON) return false
    if (gapBound <= gap || isBoundEnough || gapBound * this.#looseness > gap) return gapBound <= gap
    const measured = await this.#completeness.gap(gradient)
    this.#looseness = measured / gapBound
    return measured <= gap
  }
}

/** The most that ‖Θ − Qᵀα‖ may be of ‖Θ‖. */
const LARGEST_SHARE = 0.01
