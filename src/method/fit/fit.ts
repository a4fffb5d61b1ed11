import type { Solution } from '../../math/lbfgs.ts'
import { type Matrix, norm, rowOf } from '../../math/matrix.ts'
import type { Runtime } from '../../runtime/runtime.ts'
import { UserError } from '../../user-error.ts'
import { shapeRows } from '../head/head-graph.ts'
import { lossOf } from '../head/loss.ts'
import { headShape, type Problem } from '../head/problem.ts'
import { expectMinimum } from '../head/targets.ts'
import { openCompleteness } from './completeness.ts'
import { examplesOf, type Form, formOf } from './preconditioner.ts'
import { largestSample, sampleOf } from './sample.ts'
import { Stages } from './stages.ts'

/** Completeness gap to stop at, in logits. */
export const DEFAULT_GAP = 1e-4

export interface FitHeadOptions {
  /** Stop when no training example's values miss its logit by more than this, in logits. */
  readonly gap?: number
  readonly maxIterations?: number
  /** Θ to start from [d (+1), c]; zero unless given. */
  readonly start?: Matrix
  readonly onProgress?: (progress: FitHeadProgress) => void
  readonly signal?: AbortSignal | undefined
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
  readonly status: Exclude<Solution['status'], 'stalled'>
  readonly iterations: number
  /** ‖G‖ at Θ */
  readonly gradientNorm: number
}

/**
 * Minimises the objective until the completeness gap over the training examples is small enough: over growing
 * samples first, whose optima are near it and where a preconditioner is made; then over all examples in single
 * precision, and in double where single precision ends.
 */
export async function fitHead(
  runtime: Runtime,
  problem: Problem,
  { gap = DEFAULT_GAP, maxIterations = 2000, start, onProgress, signal }: FitHeadOptions = {},
): Promise<Fit> {
  await expectMinimum(problem)
  const form = formOf(problem)
  const pace = lossOf(problem.activation).isSeparate ? NEWTON : LBFGS
  const sample = await sampleOf(problem, examplesOf(form, problem))
  const completeness = await openCompleteness(runtime, problem)
  let evaluations = 0
  const stages = new Stages(runtime, { problem, sample }, completeness, {
    onEvaluation: gapBound => onProgress?.({ evaluations: ++evaluations, gapBound }),
    signal,
  })
  const left = () => maxIterations - stages.iterations
  try {
    const shape = headShape(problem)
    const point = new Float64Array(shapeRows(shape) * shape.c)
    if (start) point.set(start.data)
    const isNear = start !== undefined && (await stages.bound(problem, point, 'float32')) <= NEAR * gap
    const isThere = isNear && (await stages.bound(problem, point, 'float64')) <= gap
    const course: Course = { stages, problem, form, gap, pace, left }
    let place: Place
    if (isNear) {
      await stages.precondition(form, point)
      place = { point, pairs: [] }
    } else place = await approach(course, sample, point)
    if (!isThere) place = await settle(course, place)
    const double = await stages.run(problem, place.point, {
      ...DOUBLE,
      gap,
      maxIterations: left(),
      pairs: place.pairs,
    })
    if (!double.point.every(Number.isFinite)) {
      throw new UserError(
        'value',
        'the fit left the range of numbers, scale the features down or raise lambda',
      )
    }
    const theta = { rows: shapeRows(shape), cols: shape.c, data: double.point }
    withoutGauge(theta, problem)
    const { status, gradient } = double
    if (status === 'stalled') throw new Error('double precision has no patience to lose')
    return { theta, status, iterations: stages.iterations, gradientNorm: norm(gradient) }
  } finally {
    await stages.release()
    await completeness.release()
  }
}

/** Where a fit has got to, and what it has learnt of the curvature there. */
type Place = Pick<Solution, 'point' | 'pairs'>

/** What stays the same on the way. */
interface Course {
  readonly stages: Stages
  readonly problem: Problem
  readonly form: Form
  readonly gap: number
  readonly pace: Pace
  /** Iterations that are left */
  left(): number
}

/** Goes near the optimum by those of samples. */
async function approach(
  { stages, problem, form, gap, pace, left }: Course,
  first: Problem,
  from: Float64Array,
): Promise<Place> {
  const size = first.features.rows
  const sizes = sampleSizes(problem, form, size)
  // What is best at a sample's optimum need not be made before that is found.
  const isMadeThere = sizes.length > 0 && (form === 'hessian' || form === 'outputs')
  await stages.precondition(isMadeThere ? 'gram' : form, from)
  let place: Place = { point: from, pairs: [] }
  for (const count of sizes) {
    const { point, pairs } = await stages.run(
      count === size ? first : await sampleOf(problem, count),
      place.point,
      {
        ...SINGLE,
        ...NEARBY,
        gap: NEAR * gap,
        maxIterations: Math.min(left(), pace.nearIterations),
        pairs: place.pairs,
      },
    )
    if (isMadeThere) await stages.precondition(form, point)
    place = { point, pairs: isMadeThere ? [] : pairs }
  }
  return place
}

/** Goes on over all examples in single precision, as far as that leads. */
async function settle({ stages, problem, form, gap, pace, left }: Course, from: Place): Promise<Place> {
  let place = from
  for (;;) {
    const { status, point, pairs } = await stages.run(problem, place.point, {
      ...SINGLE,
      gap,
      patience: pace.patience,
      maxIterations: Math.min(left(), form === 'hessian' ? AGAIN : Number.POSITIVE_INFINITY),
      pairs: place.pairs,
    })
    const isOver = status !== 'max-iterations' || left() === 0
    if (form !== 'hessian' || (isOver && status !== 'stalled')) return { point, pairs }
    await stages.precondition(form, point)
    place = { point, pairs: [] }
    if (isOver) return place
  }
}

const SINGLE = { precision: 'float32', rounding: 1e-6 } as const
const DOUBLE = { precision: 'float64', rounding: 1e-13, patience: Number.POSITIVE_INFINITY } as const
const NEARBY = { isBoundEnough: true, patience: Number.POSITIVE_INFINITY } as const

/** How far from the gap asked for the optimum of a sample is looked for: it is another one. */
const NEAR = 1000

/**
 * How many iterations near the optimum of a sample are worth their time, and after how many of them single precision
 * that halves nothing ends: a step of Newton's method is many products, and says more.
 */
const LBFGS: Pace = { nearIterations: 100, patience: 8 }
const NEWTON: Pace = { nearIterations: 8, patience: 4 }

interface Pace {
  readonly nearIterations: number
  readonly patience: number
}

/** A Hessian that was so many iterations away is made again where they have led. */
const AGAIN = 20

/** Each sample is so many times as large as the one before, and all examples so many times as many as the last. */
const GROWTH = 4

/**
 * The sizes of the samples whose optima are found on the way, since a step there costs so much less, and since
 * there a Hessian is nearer the one at the optimum. A free bias may have no optimum there, where a sample is
 * without a class.
 */
function sampleSizes(problem: Problem, form: Form, first: number): number[] {
  const { features, bias } = problem
  if (bias === 'free') return []
  const most = Math.min(features.rows / GROWTH, largestSample(problem))
  const sizes = form === 'outputs' || form === 'hessian' || first <= most ? [first] : []
  for (let size = GROWTH * first; size <= most; size *= GROWTH) sizes.push(size)
  return sizes
}

/** Softmax does not see a constant added to a free bias of all outputs, and nothing else does: their sum is made 0. */
function withoutGauge(theta: Matrix<Float64Array>, { bias, activation, features }: Problem): void {
  if (bias !== 'free' || activation !== 'softmax') return
  const biases = rowOf(theta, features.cols)
  const mean = biases.reduce((sum, b) => sum + b, 0) / biases.length
  for (let j = 0; j < biases.length; j++) biases[j] -= mean
}
