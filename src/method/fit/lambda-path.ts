import { type Matrix, rowOf } from '../../math/matrix.ts'
import { Correlation } from '../../math/statistics.ts'
import type { Runtime } from '../../runtime/runtime.ts'
import { eachLogits } from '../head/logits.ts'
import { lossOf } from '../head/loss.ts'
import type { Problem } from '../head/problem.ts'
import { DEFAULT_GAP, fitHead } from './fit.ts'

/** A λ, and how close the head that is fitted under it comes to the targets. */
export interface PathPoint {
  readonly lambda: number
  /** Pearson's correlation of σ(F̃Θ) and T over all their entries; null where a side is constant */
  readonly pearson: number | null
}

export interface LambdaPath {
  /** In the order in which they were tried */
  readonly points: readonly PathPoint[]
  /** The largest λ found to reach what is wanted; null where none does, down to the smallest */
  readonly best: (PathPoint & { readonly theta: Matrix<Float64Array> }) | null
}

export interface LambdaPathOptions {
  /** Completeness gap of the fit that follows, in logits */
  readonly gap?: number
  /** Θ to start from [d (+1), c] */
  readonly start?: Matrix
  /** Of each fit, as in `fitHead` */
  readonly maxIterations?: number
  readonly onPoint?: (point: PathPoint) => void
  readonly signal?: AbortSignal | undefined
}

const [LARGEST, SMALLEST] = [10, 1e-7]
const STEP = Math.sqrt(10)
/** Of every λ: more would look as if they mattered. */
const DIGITS = 2

/** Halvings, in logarithms, of the last step: λ is found to 8 %. */
const HALVINGS = 4

/** A head whose logits are so many times further off than asked says its fidelity to many more digits than matter. */
const LOOSE = 100

/**
 * The largest λ whose head comes as close to the targets as is wanted: from large ones down, each fit starting
 * where the one before ended, then between the last two. Smaller λ come closer (method.md §4).
 *
 * @param wanted Pearson's correlation, below 1
 */
export async function findLambda(
  runtime: Runtime,
  problem: Omit<Problem, 'lambda'>,
  wanted: number,
  { gap = DEFAULT_GAP, start, maxIterations, onPoint, signal }: LambdaPathOptions = {},
): Promise<LambdaPath> {
  const points: PathPoint[] = []
  let theta = start
  const tryOut = async (exact: number) => {
    const lambda = Number(exact.toPrecision(DIGITS))
    const at = { ...problem, lambda }
    const fit = await fitHead(runtime, at, {
      gap: LOOSE * gap,
      ...(theta && { start: theta }),
      ...(maxIterations !== undefined && { maxIterations }),
      signal,
    })
    theta = fit.theta
    const point = { lambda, pearson: await correlationWithTargets(runtime, at, fit.theta) }
    points.push(point)
    onPoint?.(point)
    return { ...point, theta: fit.theta, reaches: point.pearson !== null && point.pearson >= wanted }
  }
  let lambda = LARGEST
  let last = await tryOut(lambda)
  while (!last.reaches && lambda > SMALLEST) {
    lambda /= STEP
    last = await tryOut(lambda)
  }
  if (!last.reaches) return { points, best: null }
  let best = last
  for (let half = 0, step = Math.sqrt(STEP); half < HALVINGS && points.length > 1; half++) {
    lambda *= step
    last = await tryOut(lambda)
    if (last.reaches) best = last
    else lambda /= step
    step = Math.sqrt(step)
  }
  return { points, best: { lambda: best.lambda, pearson: best.pearson, theta: best.theta } }
}

async function correlationWithTargets(
  runtime: Runtime,
  { features, targets, activation }: Problem,
  theta: Matrix<Float64Array>,
): Promise<number | null> {
  const { activate } = lossOf(activation)
  const correlation = new Correlation()
  await eachLogits(runtime, { features, theta, beside: targets }, (_, logits, targets) => {
    for (let i = 0; i < logits.rows && targets; i++) {
      const [ours, theirs] = [rowOf(logits, i), rowOf(targets, i)]
      activate(ours)
      for (let j = 0; j < ours.length; j++) correlation.add(theirs[j], ours[j])
    }
  })
  return Number.isFinite(correlation.value) ? correlation.value : null
}
