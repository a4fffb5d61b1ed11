import { type Matrix, rowOf, subtract } from '../../math/matrix.ts'
import type { FeatureRows, Rows } from '../../math/rows.ts'
import { Correlation } from '../../math/statistics.ts'
import type { Activation } from '../../onnx/activation.ts'
import type { Runtime } from '../../runtime/runtime.ts'
import { asTheta, type Kernel } from '../head/kernel.ts'
import { eachLogits } from '../head/logits.ts'
import { lossOf } from '../head/loss.ts'
import { decisionOf, type Task } from '../head/task.ts'

/** How close the outputs made up of representer values come to the given model's (method.md §4). */
export interface Fidelity {
  /** Pearson's correlation over all entries of the outputs [n, c], after the activation; null where a side is constant. */
  readonly pearson: number | null
  readonly meanAbsoluteDifference: number
  /**
   * The share of examples for which both decide the same: on the largest output, or on the side of 0 that a
   * single one is on; null where a single number decides nothing.
   */
  readonly argmaxAgreement: number | null
}

export interface FidelityAnswer {
  /** null where no outputs are given to compare with. */
  readonly fidelity: Fidelity | null
  /** What the fitted head decides, for every example. */
  readonly predictions: Int32Array
}

/**
 * Compares the outputs made up of representer values, σ(F̃Θ − Q R), with the given model's, and says what
 * the head Θ predicts.
 *
 * @param given the given model's logits [n, c], or null
 */
export async function compareWithGiven(
  runtime: Runtime,
  head: {
    features: FeatureRows
    theta: Matrix<Float64Array>
    residual: Matrix<Float64Array>
    kernel: Kernel
    activation: Activation
    task: Task
  },
  given: Rows | null,
): Promise<FidelityAnswer> {
  const { activate } = lossOf(head.activation)
  const decide = decisionOf(head.task)
  const predictions = new Int32Array(head.features.rows)
  const correlation = new Correlation()
  let differences = 0
  let agreements = 0
  const { cols: c } = head.theta
  const both = sideBySide(
    head.theta,
    subtract(head.theta, asTheta(head.residual, head.kernel, head.theta.rows)),
  )
  await eachLogits(runtime, { ...head, theta: both, beside: given }, (start, logits, theirLogits) => {
    for (let i = 0; i < logits.rows; i++) {
      const row = rowOf(logits, i)
      predictions[start + i] = decide(row.subarray(0, c))
      if (!theirLogits) continue
      const ours = row.subarray(c)
      const theirs = new Float64Array(rowOf(theirLogits, i))
      agreements += Number(decide(ours) === decide(theirs))
      activate(ours)
      activate(theirs)
      for (let j = 0; j < ours.length; j++) {
        correlation.add(theirs[j], ours[j])
        differences += Math.abs(theirs[j] - ours[j])
      }
    }
  })
  const fidelity = given && {
    pearson: Number.isFinite(correlation.value) ? correlation.value : null,
    meanAbsoluteDifference: differences / (given.rows * c),
    argmaxAgreement: c === 1 && head.task !== 'classification' ? null : agreements / given.rows,
  }
  return { fidelity, predictions }
}

/** [A B], two matrices of one shape beside each other. */
function sideBySide(a: Matrix<Float64Array>, b: Matrix<Float64Array>): Matrix<Float64Array> {
  const { rows, cols } = a
  const data = new Float64Array(2 * rows * cols)
  for (let i = 0; i < rows; i++) {
    data.set(rowOf(a, i), 2 * i * cols)
    data.set(rowOf(b, i), (2 * i + 1) * cols)
  }
  return { rows, cols: 2 * cols, data }
}

/** The share of examples whose prediction is their label. */
export function accuracy(predictions: ArrayLike<number>, labels: ArrayLike<number>): number {
  let right = 0
  for (let i = 0; i < labels.length; i++) right += Number(predictions[i] === labels[i])
  return right / labels.length
}
