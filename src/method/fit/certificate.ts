import { type Matrix, subtract } from '../../math/matrix.ts'
import type { FeatureRows, Rows } from '../../math/rows.ts'
import type { Runtime } from '../../runtime/runtime.ts'
import type { Kernel } from '../head/kernel.ts'
import type { Problem } from '../head/problem.ts'
import { rowNorms } from '../head/row-norms.ts'
import { classWeights, residualOf } from './alpha.ts'
import { largestColumn, stationarityAt } from './completeness.ts'
import { gapMeter } from './gap.ts'

/** A fit as it is stored. */
export interface StoredSolution {
  /** Θ [d (+1), c] */
  readonly theta: Matrix<Float64Array>
  /** [n, c] */
  readonly alpha: Rows
  /** R [rows of q, c] */
  readonly residual: Matrix<Float64Array>
  readonly kernel: Kernel
}

/** How exact a stored fit is, by its features, targets and numbers alone; all in logits. */
export interface Certificate {
  /** What values miss the logit by: the largest |R_jᵀq(f)| over the training examples, R = Θ − Qᵀα made anew */
  readonly train: number
  /** The same over the test examples; null where there are none */
  readonly test: number | null
  /** maxⱼ ‖R_j‖ · max ‖q(f)‖: at most this for any example that is no larger than those that are stored */
  readonly bound: number
  /**
   * How far Θ is from stationary: the largest |G_jᵀq(f)| / 2λ over the training examples, G the gradient, or of a
   * free bias |Σᵢ αᵢⱼ| = |g_bj| / 2λ, whichever is larger
   */
  readonly stationary: number
  /** The largest |(R − R′)_jᵀq(f)| over the training examples, R′ as it is stored: 0 but for rounding */
  readonly residual: number
}

/**
 * Makes anew what a stored fit claims (method.md §8): α adds up to Θ but for R, and Θ is stationary, so that α is
 * what the theorem says. Passes over the features, in double precision.
 *
 * @param test features of the test examples
 */
export async function certify(
  runtime: Runtime,
  problem: Problem,
  { theta, alpha, residual, kernel }: StoredSolution,
  test: FeatureRows | null,
): Promise<Certificate> {
  const { features } = problem
  const sums = await classWeights(runtime, { features, alpha, kernel }, new Int32Array(features.rows), 1)
  const found = residualOf(theta, sums, kernel)
  const norms: number[] = []
  for (const rows of test ? [features, test] : [features]) {
    norms.push((await rowNorms(runtime, rows, kernel)).largest)
  }
  const largest = (rows: FeatureRows, matrix: Matrix<Float64Array>) =>
    largestOver(runtime, rows, kernel, matrix)
  const { residual: atTheta, biasGap } = await stationarityAt(runtime, problem, theta, kernel)
  return {
    train: await largest(features, found),
    test: test && (await largest(test, found)),
    bound: Math.max(...norms) * largestColumn(found),
    stationary: Math.max(biasGap, await largest(features, atTheta)),
    residual: await largest(features, subtract(found, residual)),
  }
}

/** max |q(f)ᵀM_j| over examples and outputs. */
export async function largestOver(
  runtime: Runtime,
  features: FeatureRows,
  kernel: Kernel,
  matrix: Matrix<Float64Array>,
): Promise<number> {
  const meter = await gapMeter(runtime, features, kernel, matrix.cols)
  return meter.largest(matrix).finally(() => meter.release())
}
