import { lbfgs, type Solution } from '../math/lbfgs.ts'
import type { Evaluation } from '../math/line-search.ts'
import { type Matrix, norm } from '../math/matrix.ts'
import type { Runtime } from '../runtime/runtime.ts'
import { type GapMeter, gapMeter } from './gap.ts'
import { type Precision, thetaRows } from './head-graph.ts'
import { headShape, Objective, type Problem } from './objective.ts'

export interface FitOptions {
  /** Stop when no training example's values miss its logit by more than this, in logits. */
  readonly gap?: number
  readonly maxIterations?: number
  /** Θ to start from [d (+1), c]; zero unless given. */
  readonly start?: Matrix
  readonly onProgress?: (progress: FitProgress) => void
  readonly signal?: AbortSignal
}

export interface FitProgress {
  readonly evaluations: number
  /** An upper bound of the completeness gap at the last point, in logits. */
  readonly gapBound: number
}

/** A stationary head, with how it was reached and how exact it is. */
export interface Fit {
  /** Θ [d (+1), c]; the last row is the bias where it is regularised. */
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
export async function fitHead(runtime: Runtime, problem: Problem, options: FitOptions = {}): Promise<Fit> {
  const { gap = 1e-4, maxIterations = 2000, start } = options
  const shape = headShape(problem)
  const meter = await gapMeter(runtime, problem.features, shape)
  try {
    const norms = await featureNorms(problem)
    const initial = start ? Float64Array.from(start.data) : new Float64Array(thetaRows(shape) * shape.c)

    // Rounding of a float32 residual is about 1e-8 of a feature vector once averaged: below, only noise.
    let evaluations = 0
    const noise = 1e-7 * norms.rootMeanSquare
    const rough = await minimise('float32', initial, { gap: 10 * gap, noise, maxIterations, rounding: 1e-6 })
    const exact = await minimise('float64', rough.point, {
      gap,
      noise: 0,
      maxIterations: maxIterations - rough.iterations,
      rounding: 1e-13,
      pairs: rough.pairs,
    })
    return {
      theta: { rows: thetaRows(shape), cols: shape.c, data: exact.point },
      status: exact.status,
      iterations: rough.iterations + exact.iterations,
      gradientNorm: norm(exact.gradient),
    }

    async function minimise(precision: Precision, from: Float64Array, stage: Stage): Promise<Solution> {
      const objective = await Objective.create(runtime, problem, precision)
      try {
        const isExactEnough = convergence(problem, meter, norms.largest, stage)
        return await drive(from, stage, async point => {
          options.signal?.throwIfAborted()
          const evaluation = await objective.evaluate(point)
          const gapBound = boundOnGap(evaluation.gradient, shape.c, norms.largest, problem.lambda)
          evaluations++
          options.onProgress?.({ evaluations, gapBound })
          return { ...evaluation, converged: await isExactEnough(evaluation.gradient, gapBound) }
        })
      } finally {
        await objective.release()
      }
    }
  } finally {
    await meter.release()
  }
}

interface Stage {
  readonly gap: number
  /** ‖G‖ below which this precision has nothing more to say. */
  readonly noise: number
  readonly maxIterations: number
  readonly rounding: number
  readonly pairs?: Solution['pairs']
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

/** maxⱼ ‖Gⱼ‖ · max‖f̃‖ / 2λ ≥ the completeness gap of every training example (Cauchy-Schwarz). */
function boundOnGap(gradient: Float64Array, c: number, largestNorm: number, lambda: number): number {
  const squares = new Float64Array(c)
  for (let i = 0; i < gradient.length; i++) squares[i % c] += gradient[i] * gradient[i]
  return (Math.sqrt(Math.max(...squares)) * largestNorm) / (2 * lambda)
}

/**
 * Whether a gradient is small enough. The gap itself costs a pass over the features, so it is measured
 * only where the bound, scaled by how loose it last was, says that it may have been reached.
 */
function convergence(
  { lambda, features, targets }: Problem,
  meter: GapMeter,
  largestNorm: number,
  { gap, noise }: Stage,
): (gradient: Float64Array, gapBound: number) => Promise<boolean> {
  let looseness = 0.1
  return async (gradient, gapBound) => {
    if (largestNorm === 0 || gapBound <= gap || norm(gradient) <= noise) return true
    if (gapBound * looseness > gap) return false
    const scaled = gradient.map(g => g / (2 * lambda))
    const measured = await meter.largest({
      rows: scaled.length / targets.cols,
      cols: targets.cols,
      data: scaled,
    })
    looseness = features.rows > 0 ? measured / gapBound : 0
    return measured <= gap
  }
}

/** ‖f̃‖ over the training examples, the constant feature included. */
async function featureNorms({
  features,
  bias,
}: Problem): Promise<{ largest: number; rootMeanSquare: number }> {
  let largest = 0
  let total = 0
  const constant = bias === 'regularised' ? 1 : 0
  for await (const { matrix } of features.blocks(4096)) {
    for (let i = 0; i < matrix.rows; i++) {
      let square = constant
      for (let a = i * matrix.cols; a < (i + 1) * matrix.cols; a++) square += matrix.data[a] ** 2
      largest = Math.max(largest, square)
      total += square
    }
  }
  return { largest: Math.sqrt(largest), rootMeanSquare: Math.sqrt(total / Math.max(1, features.rows)) }
}
