import { argmax, type Matrix, rowOf } from '../math/matrix.ts'
import type { Rows } from '../math/rows.ts'
import { Correlation } from '../math/statistics.ts'
import type { Runtime } from '../runtime/runtime.ts'
import type { Bias } from './head-graph.ts'
import { eachLogits } from './logits.ts'
import { type Activation, LOSSES } from './loss.ts'

/** How close the outputs made up of representer values come to the given model's (method.md §4). */
export interface Fidelity {
  /** Pearson's correlation over all entries of the outputs [n, c], after the activation. */
  readonly pearson: number
  readonly meanAbsoluteDifference: number
  /** The share of examples in which both have the same largest output. */
  readonly argmaxAgreement: number
}

export interface FidelityAnswer {
  /** null where no outputs are given to compare with. */
  readonly fidelity: Fidelity | null
  /** The largest output of the fitted head, for every example. */
  readonly predictions: Int32Array
}

/**
 * Compares σ(F̃Θ) with the given logits' σ, and says what the head predicts.
 *
 * @param theta Fᵀα where the sum of the representer values is meant, [d (+1), c]
 * @param given the given model's logits [n, c], or null
 */
export async function compareWithGiven(
  runtime: Runtime,
  head: { features: Rows; theta: Matrix<Float64Array>; bias: Bias; activation: Activation },
  given: Matrix<Float32Array> | null,
): Promise<FidelityAnswer> {
  const { activate } = LOSSES[head.activation]
  const predictions = new Int32Array(head.features.rows)
  const correlation = new Correlation()
  let differences = 0
  let agreements = 0
  await eachLogits(runtime, head, (start, logits) => {
    for (let i = 0; i < logits.rows; i++) {
      const ours = rowOf(logits, i)
      predictions[start + i] = argmax(ours)
      if (!given) continue
      const theirs = Float64Array.from(rowOf(given, start + i))
      agreements += Number(predictions[start + i] === argmax(theirs))
      activate(ours)
      activate(theirs)
      for (let j = 0; j < ours.length; j++) {
        correlation.add(theirs[j], ours[j])
        differences += Math.abs(theirs[j] - ours[j])
      }
    }
  })
  const { rows, cols } = given ?? { rows: 0, cols: 0 }
  const fidelity = given && {
    pearson: correlation.value,
    meanAbsoluteDifference: differences / (rows * cols),
    argmaxAgreement: agreements / rows,
  }
  return { fidelity, predictions }
}

/** The share of examples whose prediction is their label. */
export function accuracy(predictions: ArrayLike<number>, labels: ArrayLike<number>): number {
  let right = 0
  for (let i = 0; i < labels.length; i++) right += Number(predictions[i] === labels[i])
  return right / labels.length
}
