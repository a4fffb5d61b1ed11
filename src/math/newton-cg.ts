import type { Solution } from './lbfgs.ts'
import type { Evaluation, Iterate } from './line-search.ts'
import { norm } from './matrix.ts'

/** An evaluation of functions side by side, one of each column of the point. */
export interface ColumnsEvaluation extends Evaluation {
  /** What each column adds to the value [columns] */
  readonly values: Float64Array
}

type ColumnsIterate = Iterate & ColumnsEvaluation

/** What the solver wants to know; both products are at the point evaluated last. */
export type NewtonRequest =
  | { readonly evaluate: Float64Array }
  /** H v */
  | { readonly curve: Float64Array }
  /** P⁻¹v, of one symmetric positive definite P near the Hessian */
  | { readonly precondition: Float64Array }

/** An evaluation, or the product that was asked for. */
export type NewtonAnswer = ColumnsEvaluation | Float64Array

export interface NewtonOptions {
  /** The point is a matrix with so many columns, each of which is a problem of its own. */
  readonly columns: number
  readonly maxIterations?: number
  /** Relative rounding error of the values, as in `lbfgs` */
  readonly rounding?: number
  /** As in `lbfgs` */
  readonly isStalled?: (iterate: Iterate) => boolean
}

/** Products of the Hessian for one step. */
const MAX_PRODUCTS = 20

/** By how much conjugate gradients bring down each column's residual. */
const REDUCTION = 0.1

/** Less of the curvature that P has is none. */
const FLAT = 1e-5

/** A step is short enough if the slope behind it is at most this share of the slope before it, the other way, ... */
const OVERSHOOT = 0.5

/** ... or if the value falls by this share of what the slope before it says, and by more than rounding. */
const SUFFICIENT_DECREASE = 1e-4

/** A shorter step is at least this share of the one before. */
const SHORTENING = 0.1

const MAX_TRIALS = 30

/** Steps in a row that change nothing but by rounding, after which there is nothing more to find. */
const MOST_IDLE = 3

/**
 * Minimises convex functions of the columns of a matrix, all at once, by Newton's method with preconditioned
 * conjugate gradients (Nocedal & Wright 2006, algorithms 7.1 and 5.3): every column has its own step lengths,
 * where a method that sees one function lets the worst column hold up the others.
 *
 * A generator, as `lbfgs`.
 */
export function* newtonCg(
  start: Float64Array,
  { columns, maxIterations = 1000, rounding = 1e-13, isStalled = () => false }: NewtonOptions,
): Generator<NewtonRequest, Omit<Solution, 'pairs'>, NewtonAnswer> {
  let current = yield* evaluate(start)
  let idle = 0
  for (let iterations = 0; ; iterations++) {
    if (current.converged) return { ...current, status: 'converged', iterations }
    if (isStalled(current)) return { ...current, status: 'stalled', iterations }
    if (iterations === maxIterations) return { ...current, status: 'max-iterations', iterations }
    const direction = yield* conjugateGradients(current, columns)
    const next = yield* step(current, direction, columns, rounding)
    if (next === null) return { ...current, status: 'line-search-failed', iterations }
    idle = goesDown(current, next, rounding) ? 0 : idle + 1
    if (idle === MOST_IDLE) return { ...current, status: 'line-search-failed', iterations }
    current = next
  }
}

function* evaluate(point: Float64Array): Generator<NewtonRequest, ColumnsIterate, NewtonAnswer> {
  return { point, ...((yield { evaluate: point }) as ColumnsEvaluation) }
}

/** D with H D ≈ −G, column by column. */
function* conjugateGradients(
  { gradient, preconditioned = gradient }: Iterate,
  columns: number,
): Generator<NewtonRequest, Float64Array, NewtonAnswer> {
  const direction = new Float64Array(gradient.length)
  const residual = gradient.map(g => -g)
  const search = preconditioned.map(z => -z)
  let size = columnDots(residual, search, columns)
  const enough = size.map(s => REDUCTION ** 2 * s)
  for (let products = 0; products < MAX_PRODUCTS; products++) {
    if (!size.some((s, j) => s > enough[j])) break
    const curved = (yield { curve: search }) as Float64Array
    const curvature = columnDots(search, curved, columns)
    const length = size.map((s, j) => {
      if (!(s > enough[j])) return 0
      if (curvature[j] > FLAT * s) return s / curvature[j]
      // Where nothing curves, as far as P says, and no further than that.
      return products === 0 ? 1 : 0
    })
    for (let i = 0; i < direction.length; i++) {
      direction[i] += length[i % columns] * search[i]
      residual[i] -= length[i % columns] * curved[i]
    }
    const z = (yield { precondition: residual }) as Float64Array
    const next = columnDots(residual, z, columns)
    // A column that is done waits for the others.
    const goesOn = next.map((s, j) => Number(length[j] > 0 && curvature[j] > FLAT * size[j] && s > enough[j]))
    for (let i = 0; i < search.length; i++) {
      const j = i % columns
      search[i] = goesOn[j] ? z[i] + (next[j] / size[j]) * search[i] : 0
    }
    size = next.map((s, j) => (goesOn[j] ? s : 0))
  }
  return direction
}

/** Along each column no further than where it goes down; null where no step is short enough. */
function* step(
  from: ColumnsIterate,
  direction: Float64Array,
  columns: number,
  rounding: number,
): Generator<NewtonRequest, ColumnsIterate | null, NewtonAnswer> {
  const before = columnDots(from.gradient, direction, columns)
  const length = new Float64Array(columns).fill(1)
  for (let trial = 0; trial < MAX_TRIALS; trial++) {
    const next = yield* evaluate(from.point.map((x, i) => x + length[i % columns] * direction[i]))
    if (next.converged) return next
    const behind = columnDots(next.gradient, direction, columns)
    let isGood = true
    for (let j = 0; j < columns; j++) {
      if (before[j] >= 0 || behind[j] <= -OVERSHOOT * before[j]) continue
      // A kink near the end of a step makes a steep slope of a good one.
      const enough = SUFFICIENT_DECREASE * length[j] * before[j] - rounding * Math.abs(from.values[j])
      if (next.values[j] <= from.values[j] + enough) continue
      isGood = false
      // Where the slope would vanish if it changed evenly.
      length[j] *= Math.max(SHORTENING, before[j] / (before[j] - behind[j])) || SHORTENING
    }
    if (isGood) return next
  }
  return null
}

/** Whether a column's value falls by more than rounding, or the gradient gets smaller. */
function goesDown(from: ColumnsIterate, to: ColumnsIterate, rounding: number): boolean {
  const falls = to.values.some((value, j) => value < from.values[j] - rounding * Math.abs(from.values[j]))
  return falls || norm(to.gradient) < norm(from.gradient)
}

/** aⱼᵀbⱼ of every column j of matrices given row by row. */
function columnDots(a: Float64Array, b: Float64Array, columns: number): Float64Array {
  const dots = new Float64Array(columns)
  for (let i = 0; i < a.length; i += columns) {
    for (let j = 0; j < columns; j++) dots[j] += a[i + j] * b[i + j]
  }
  return dots
}
