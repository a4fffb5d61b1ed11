import { type Evaluation, type Iterate, lineSearch } from './line-search.ts'
import { norm } from './matrix.ts'
import { productAt } from './products.ts'

/** A step s = xₖ₊₁ − xₖ, the change y of the gradient along it, P⁻¹y, and sᵀy. */
export interface CurvaturePair {
  readonly s: Float64Array
  readonly y: Float64Array
  readonly py: Float64Array
  readonly sy: number
}

export interface Solution extends Iterate {
  readonly status: 'converged' | 'stalled' | 'max-iterations' | 'line-search-failed'
  readonly iterations: number
  /** What was learnt of the curvature, to go on from (the same objective in a better precision, say). */
  readonly pairs: readonly CurvaturePair[]
}

export interface LbfgsOptions {
  /** How many curvature pairs are kept. */
  readonly history?: number
  readonly maxIterations?: number
  /** Relative rounding error of the values: about 1e-13 in double precision, 1e-6 in single. */
  readonly rounding?: number
  /** Asked once of every iterate: whether to give up there */
  readonly isStalled?: (iterate: Iterate) => boolean
  /** Those of an earlier solution with the same P */
  readonly pairs?: readonly CurvaturePair[]
}

/**
 * Minimises a convex function by L-BFGS (Nocedal & Wright 2006, algorithm 7.5) from `start`, preconditioned where
 * its evaluations are.
 *
 * A generator: it yields the point at which it wants value and gradient and is sent them, so it neither
 * waits nor knows what computes them. It stops where an evaluation says `converged`.
 */
export function* lbfgs(
  start: Float64Array,
  {
    history = 20,
    maxIterations = 1000,
    rounding = 1e-13,
    isStalled = () => false,
    pairs: known = [],
  }: LbfgsOptions = {},
): Generator<Float64Array, Solution, Evaluation> {
  const pairs = [...known]
  /** What was known before the last search failed, for whoever goes on from here. */
  let remembered: readonly CurvaturePair[] = []
  let current: Iterate = { point: start, ...(yield start) }
  let judged: Iterate | null = null
  for (let iterations = 0; ; iterations++) {
    if (current.converged) return { ...current, status: 'converged', iterations, pairs }
    if (current !== judged && isStalled(current)) return { ...current, status: 'stalled', iterations, pairs }
    judged = current
    if (iterations === maxIterations) return { ...current, status: 'max-iterations', iterations, pairs }

    const direction = twoLoopRecursion(current, pairs)
    const isScaled = pairs.length > 0 || current.preconditioned !== undefined
    const firstStep = isScaled ? 1 : 1 / Math.max(norm(current.gradient), Number.MIN_VALUE)
    const next = yield* lineSearch(current, direction, { firstStep, rounding })
    if (next === null) {
      // Old curvature may mislead; steepest descent gets one more try before giving up.
      if (pairs.length === 0) {
        return { ...current, status: 'line-search-failed', iterations, pairs: remembered }
      }
      remembered = pairs.splice(0)
      continue
    }

    const s = difference(next.point, current.point)
    const y = difference(next.gradient, current.gradient)
    const py = next.preconditioned ? difference(next.preconditioned, preconditioned(current)) : y
    const sy = inner(s, y)
    if (sy > Number.EPSILON * inner(y, y)) pairs.push({ s, y, py, sy })
    if (pairs.length > history) pairs.shift()
    current = next
  }
}

const preconditioned = ({ gradient, preconditioned = gradient }: Iterate): Float64Array => preconditioned

/**
 * −Hg, H the inverse Hessian that the pairs suggest (algorithm 7.4), from γP⁻¹ on. Between the two loops
 * stands P⁻¹(g − Σ w y) = P⁻¹g − Σ w P⁻¹y, all of which is known already.
 */
function twoLoopRecursion(current: Iterate, pairs: readonly CurvaturePair[]): Float64Array {
  const q = current.gradient.map(g => -g)
  const direction = preconditioned(current).map(g => -g)
  const weights = new Float64Array(pairs.length)
  for (let k = pairs.length - 1; k >= 0; k--) {
    const { s, y, py, sy } = pairs[k]
    weights[k] = inner(s, q) / sy
    addScaled(q, -weights[k], y)
    addScaled(direction, -weights[k], py)
  }
  const last = pairs.at(-1)
  if (last) {
    const scale = last.sy / inner(last.y, last.py)
    for (let i = 0; i < direction.length; i++) direction[i] *= scale
  }
  for (let k = 0; k < pairs.length; k++) {
    const { s, y, sy } = pairs[k]
    addScaled(direction, weights[k] - inner(y, direction) / sy, s)
  }
  return direction
}

const inner = (a: Float64Array, b: Float64Array): number => productAt(a, 0, b)

function difference(a: Float64Array, b: Float64Array): Float64Array {
  const out = a.slice()
  for (let i = 0; i < out.length; i++) out[i] -= b[i]
  return out
}

/** a += t·b */
function addScaled(a: Float64Array, t: number, b: Float64Array): void {
  for (let i = 0; i < a.length; i++) a[i] += t * b[i]
}
