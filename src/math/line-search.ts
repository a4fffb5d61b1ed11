import { productAt } from './products.ts'

/** What a solver asks for at a point: the objective, its gradient, and whether that is good enough. */
export interface Evaluation {
  readonly value: number
  readonly gradient: Float64Array
  /** P⁻¹G, with one symmetric positive definite P near the Hessian for all points; P is the identity without it. */
  readonly preconditioned?: Float64Array
  /** The point satisfies whoever drives the solver; the solver stops here. */
  readonly converged?: boolean
}

/** A point with its evaluation. */
export interface Iterate extends Evaluation {
  readonly point: Float64Array
}

interface Trial {
  readonly step: number
  readonly slope: number
  readonly iterate: Iterate
}

const SUFFICIENT_DECREASE = 1e-4
const CURVATURE = 0.9
const MAX_TRIALS = 30

/**
 * A step along `direction` that satisfies the strong Wolfe conditions, for a convex objective; null where
 * none was found (Nocedal & Wright 2006, algorithms 3.5 and 3.6).
 *
 * Along a convex function the slope never decreases, so its sign alone says on which side of a trial the
 * minimum lies. Within `rounding` (relative) of the value at the start the value no longer ranks points;
 * the slope still does, and replaces it there (the approximate Wolfe conditions of Hager & Zhang 2005).
 */
export function* lineSearch(
  from: Iterate,
  direction: Float64Array,
  { firstStep, rounding }: { firstStep: number; rounding: number },
): Generator<Float64Array, Iterate | null, Evaluation> {
  const slope0 = productAt(from.gradient, 0, direction)
  const slack = rounding * Math.abs(from.value)

  const decreases = ({ step, slope, iterate }: Trial): boolean =>
    iterate.value <= from.value + SUFFICIENT_DECREASE * step * slope0 ||
    (iterate.value <= from.value + slack && slope <= (2 * SUFFICIENT_DECREASE - 1) * slope0)

  let low: Trial = { step: 0, slope: slope0, iterate: from }
  let high: Trial | null = null
  let step = firstStep
  for (let trials = 0; trials < MAX_TRIALS; trials++) {
    const point = from.point.map((x, i) => x + step * direction[i])
    const evaluation = yield point
    const trial: Trial = {
      step,
      slope: productAt(evaluation.gradient, 0, direction),
      iterate: { ...evaluation, point },
    }
    const decreased = decreases(trial)
    if (evaluation.converged || (decreased && Math.abs(trial.slope) <= -CURVATURE * slope0))
      return trial.iterate

    const width: number = high === null ? Number.POSITIVE_INFINITY : high.step - low.step
    if (!decreased || trial.slope >= 0 || !Number.isFinite(evaluation.value)) high = trial
    else low = trial
    if (high === null) {
      step = extrapolate(low, slope0)
      continue
    }
    const narrowed = high.step - low.step
    if (narrowed <= Number.EPSILON * high.step) break
    step = narrowed > 0.66 * width ? low.step + narrowed / 2 : interpolate(low, high)
  }
  return null
}

/** Where the slope would vanish if it went on as it did, between twice and ten times the step. */
function extrapolate(low: Trial, slope0: number): number {
  const secant = (low.step * slope0) / (slope0 - low.slope)
  return Math.min(Math.max(secant, 2 * low.step), 10 * low.step) || 10 * low.step
}

/** The minimum of the cubic through both ends, kept off the ends by a tenth; their middle where there is none. */
function interpolate(low: Trial, high: Trial): number {
  const width = high.step - low.step
  const middle = low.step + width / 2
  const d1 = low.slope + high.slope - (3 * (high.iterate.value - low.iterate.value)) / width
  const root = Math.sqrt(d1 * d1 - low.slope * high.slope)
  const cubic = high.step - (width * (high.slope + root - d1)) / (high.slope - low.slope + 2 * root)
  if (!Number.isFinite(cubic)) return middle
  return Math.min(Math.max(cubic, low.step + width / 10), high.step - width / 10)
}
