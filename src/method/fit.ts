import { lbfgs, type Solution } from '../math/lbfgs.ts'
import type { Evaluation } from '../math/line-search.ts'
import { type Matrix, norm, rowOf, toFloat64 } from '../math/matrix.ts'
import type { Runtime } from '../runtime/runtime.ts'
import { UserError } from '../user-error.ts'
import { type Completeness, openCompleteness } from './completeness.ts'
import { type Precision, shapeRows } from './head-graph.ts'
import { headShape, Objective, type Problem } from './objective.ts'
import { featurePreconditioner } from './preconditioner.ts'
import { expectMinimum } from './targets.ts'

/** Completeness gap to stop at, in logits. */
export const DEFAULT_GAP = 1e-4

export interface FitHeadOptions {
  /** Stop when no training example's values miss its logit by more than this, in logits. */
  readonly gap?: number
  readonly maxIterations?: number
  /** Θ to start from [d (+1), c]; zero unless given. */
  readonly start?: Matrix
  readonly onProgress?: (progress: FitHeadProgress) => void
  readonly signal?: AbortSignal
}

export interface FitHeadProgress {
  readonly evaluations: number
  /** An upper bound of the completeness gap at the last point, in logits. */
  readonly gapBound: number
}

/** A stationary head, with how it was reached and how exact it is. */
export interface Fit {
  /** Θ [d (+1), c]; the last row is the bias, where there is one. */
  readonly theta: Matrix<Float64Array>
  readonly status: Solution['status']
  readonly iterations: number
  /** ‖G‖ at Θ */
  readonly gradientNorm: number
}

/**
 * Minimises the objective by L-BFGS, first in single precision, then in double where single precision
 * ends, until the completeness gap over the training examples is small enough.
 */
export async function fitHead(
  runtime: Runtime,
  problem: Problem,
  options: FitHeadOptions = {},
): Promise<Fit> {
  const { gap = DEFAULT_GAP, maxIterations = 2000, start } = options
  const shape = headShape(problem)
  await expectMinimum(problem)
  const completeness = await openCompleteness(runtime, problem)
  try {
    const precondition =
      (await featurePreconditioner(runtime, problem, start ? toFloat64(start) : null)) ?? undefined
    const initial = start ? Float64Array.from(start.data) : new Float64Array(shapeRows(shape) * shape.c)
    let evaluations = 0
    const rough = await minimise('float32', initial, {
      gap: 10 * gap,
      patience: 10,
      maxIterations,
      rounding: 1e-6,
      precondition,
    })
    const exact = await minimise('float64', rough.point, {
      gap,
      patience: Number.POSITIVE_INFINITY,
      maxIterations: maxIterations - rough.iterations,
      rounding: 1e-13,
      pairs: rough.pairs,
      precondition,
    })
    if (!exact.point.every(Number.isFinite)) {
      throw new UserError(
        'value',
        'the fit left the range of numbers, scale the features down or raise lambda',
      )
    }
    const theta = { rows: shapeRows(shape), cols: shape.c, data: exact.point }
    withoutGauge(theta, problem)
    return {
      theta,
      status: exact.status,
      iterations: rough.iterations + exact.iterations,
      gradientNorm: norm(exact.gradient),
    }

    async function minimise(precision: Precision, from: Float64Array, stage: Stage): Promise<Solution> {
      const objective = await Objective.create(runtime, problem, precision)
      try {
        const isExactEnough = convergence(problem, completeness, stage)
        return await drive(from, stage, async point => {
          options.signal?.throwIfAborted()
          const evaluation = await objective.evaluate(point)
          const gapBound = completeness.bound(evaluation.gradient)
          evaluations++
          options.onProgress?.({ evaluations, gapBound })
          return { ...evaluation, converged: await isExactEnough(point, evaluation.gradient, gapBound) }
        })
      } finally {
        await objective.release()
      }
    }
  } finally {
    await completeness.release()
  }
}

interface Stage {
  readonly gap: number
  /** Evaluations without a smaller gradient after which this precision has nothing more to say. */
  readonly patience: number
  readonly maxIterations: number
  readonly rounding: number
  readonly pairs?: Solution['pairs']
  readonly precondition: ((gradient: Float64Array) => Float64Array) | undefined
}

/** Runs the solver, which waits for nobody, on evaluations that have to be waited for. */
async function drive(
  start: Float64Array,
  stage: Stage,
  evaluate: (point: Float64Array) => Promise<Evaluation>,
): Promise<Solution> {
  const solver = lbfgs(start, stage)
  let request = solver.next()
  while (!request.done) request = solver.next(await evaluate(request.value))
  return request.value
}

/**
 * Whether a gradient is small enough, or no longer gets smaller. The gap itself costs a pass over the
 * features, so it is measured only where the bound, scaled by how loose it last was, says that it may have
 * been reached. A head that is far from Qᵀα altogether is not converged, however small its logits.
 */
function convergence(
  { lambda }: Problem,
  completeness: Completeness,
  { gap, patience }: Stage,
): (point: Float64Array, gradient: Float64Array, gapBound: number) => Promise<boolean> {
  let looseness = 0.1
  let smallest = Number.POSITIVE_INFINITY
  let waited = 0
  return async (point, gradient, gapBound) => {
    waited = gapBound < smallest ? 0 : waited + 1
    smallest = Math.min(smallest, gapBound)
    if (completeness.isEmpty || waited >= patience) return true
    if (norm(gradient) > 2 * lambda * LARGEST_SHARE * norm(point) && norm(gradient) > Number.EPSILON)
      return false
    if (gapBound <= gap || gapBound * looseness > gap) return gapBound <= gap
    const measured = await completeness.gap(gradient)
    looseness = measured / gapBound
    return measured <= gap
  }
}

/** The most that ‖Θ − Qᵀα‖ may be of ‖Θ‖. */
const LARGEST_SHARE = 0.01

/** Softmax does not see a constant added to a free bias of all outputs, and nothing else does: their sum is made 0. */
function withoutGauge(theta: Matrix<Float64Array>, { bias, activation, features }: Problem): void {
  if (bias !== 'free' || activation !== 'softmax') return
  const biases = rowOf(theta, features.cols)
  const mean = biases.reduce((sum, b) => sum + b, 0) / biases.length
  for (let j = 0; j < biases.length; j++) biases[j] -= mean
}
