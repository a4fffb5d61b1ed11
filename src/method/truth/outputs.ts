import { argmax, type Matrix, rowOf, zeros } from '../../math/matrix.ts'
import type { Activation } from '../../onnx/activation.ts'
import type { Runtime } from '../../runtime/runtime.ts'
import type { TestPoint } from '../attribution/attribution.ts'
import { lossOf } from '../head/loss.ts'
import type { Problem } from '../head/problem.ts'
import { type RefitOptions, refits } from './refit.ts'
import type { Examples } from './subsets.ts'

/** What is explained of each test point, by a head Θ [d (+1), c]: Φ_output, or Φ_output − Φ_against [points]. */
export function explainedOutputs(theta: Matrix, points: readonly TestPoint[]): Float64Array {
  const { rows, cols: c, data } = theta
  return Float64Array.from(points, ({ features, output, against }) => {
    let sum = 0
    for (let a = 0; a < rows; a++) {
      const weight = data[a * c + output] - (against === undefined ? 0 : data[a * c + against])
      sum += (a < features.length ? features[a] : 1) * weight
    }
    return sum
  })
}

/** A test point that is asked about the output that a head Θ [d (+1), c] predicts: its largest. */
export function predictedPoint(theta: Matrix, features: ArrayLike<number>): TestPoint {
  const outputs = Array.from({ length: theta.cols }, (_, output) => ({ features, output }))
  return outputs[argmax(explainedOutputs(theta, outputs))]
}

/**
 * A target at which the loss falls as the explained output of a test point rises, and pulls at nothing else: its class
 * under softmax, a yes beside what the head says of the others under sigmoid. So methods that look at the loss have
 * the sign of those that look at the output.
 *
 * @param theta Θ [d (+1), c] @param activation softmax or sigmoid
 */
export function risingTarget(
  theta: Matrix,
  activation: Activation,
  { features, output }: TestPoint,
): Float64Array {
  const points = Array.from({ length: theta.cols }, (_, output) => ({ features, output }))
  const target = explainedOutputs(theta, points)
  if (activation === 'softmax') target.fill(0)
  else lossOf(activation).activate(target)
  target[output] = 1
  return target
}

/** What refits say of some test points. */
export interface RefitOutputs {
  /** What is explained of each test point by the head that was fitted to each list [lists, points]; NaN without a minimum */
  readonly outputs: Matrix<Float64Array>
  /** How many refits ended otherwise than converged */
  readonly unconverged: number
  /** How many lists leave the problem without a minimum */
  readonly withoutMinimum: number
  /** The largest bound of a completeness gap, in logits */
  readonly largestGap: number
}

/** Fits the head to each list of examples, and keeps what it then says of some test points. */
export async function refitOutputs(
  runtime: Runtime,
  problem: Problem,
  theta: Matrix<Float64Array>,
  lists: readonly Examples[],
  points: readonly TestPoint[],
  options: RefitOptions = {},
): Promise<RefitOutputs> {
  const outputs = zeros(lists.length, points.length)
  outputs.data.fill(Number.NaN)
  let [refitted, unconverged, largestGap] = [0, 0, 0]
  for await (const refit of refits(runtime, problem, theta, lists, options)) {
    refitted++
    rowOf(outputs, refit.list).set(explainedOutputs(refit.theta, points))
    unconverged += Number(refit.status !== 'converged')
    largestGap = Math.max(largestGap, refit.gapBound)
  }
  return { outputs, unconverged, withoutMinimum: lists.length - refitted, largestGap }
}

/**
 * What leaving examples out does to each test point: Φ(t; all) − Φ(t; without) [lists, points], positive where they
 * raise it. The truth that attributions are held against (method.md §6).
 *
 * @param whole with all examples [points]
 * @param outputs with each list of examples left out [lists, points]
 */
export function leaveOutEffects(
  whole: ArrayLike<number>,
  outputs: Matrix<Float64Array>,
): Matrix<Float64Array> {
  return { ...outputs, data: outputs.data.map((value, k) => whole[k % outputs.cols] - value) }
}
