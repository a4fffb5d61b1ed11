import { argmax, type Matrix, rowOf, zeros } from '../../math/matrix.ts'
import type { Runtime } from '../../runtime/runtime.ts'
import type { TestPoint } from '../attribution/attribution.ts'
import type { Problem } from '../head/problem.ts'
import { type Examples, type RefitOptions, refits } from './refit.ts'

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

/** What refits say of some test points. */
export interface RefitOutputs {
  /** What is explained of each test point by the head that was fitted to each list [lists, points] */
  readonly outputs: Matrix<Float64Array>
  /** How many refits ended otherwise than converged */
  readonly unconverged: number
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
  let [unconverged, largestGap] = [0, 0]
  for await (const refit of refits(runtime, problem, theta, lists, options)) {
    rowOf(outputs, refit.task).set(explainedOutputs(refit.theta, points))
    unconverged += Number(refit.status !== 'converged')
    largestGap = Math.max(largestGap, refit.gapBound)
  }
  return { outputs, unconverged, largestGap }
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
