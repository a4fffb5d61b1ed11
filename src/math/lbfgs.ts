import { type Evaluation, type Iterate, lineSearch } from './line-search.ts'
import { dot, norm } from './matrix.ts'

/** A step s = xₖ₊₁ − xₖ and the change y of the gradient along it. */
export interface CurvaturePair {
  readonly s: Float64Array
  readonly y: Float64Array
}

export interface Solution extends Iterate {
  readonly status: 'converged' | 'max-iterations' | 'line-search-failed'
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
  readonly pairs?: readonly CurvaturePair[]
  /** g ↦ P⁻¹g, P symmetric positive definite and close to the Hessian; the identity unless given. */
  readonly precondition?: ((gradient: Float64Array) => Float64Array) | undefined
}

/**
 * Minimises a convex function by L-BFGS (Nocedal & Wright 2006, algorithm 7.5) from `start`.
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
    pairs: known = [],
    precondition,
  }: LbfgsOptions = {},
): Generator<Float64Array, Solution, Evaluation> {
  const pairs = [...known]
  /** What was known before the last search failed, for whoever goes on from here. */
  let remembered: readonly CurvaturePair[] = []
  let current: Iterate = { point: start, ...(yield start) }
  for (let iterations = 0; ; iterations++) {
    if (current.converged) return { ...current, status: 'converged', iterations, pairs }
    if (iterations === maxIterations) return { ...current, status: 'max-iterations', iterations, pairs }

    const direction = twoLoopRecursion(current.gradient, pairs, precondition)
    const isScaled = pairs.length > 0 || precondition !== undefined
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

    const s = next.point.map((x, i) => x - current.point[i])
    const y = next.gradient.map((g, i) => g - current.gradient[i])
    if (dot(s, y) > Number.EPSILON * dot(y, y)) pairs.push({ s, y })
    if (pairs.length > history) pairs.shift()
    current = next
  }
}

/** −Hg, H the inverse Hessian that the pairs suggest (algorithm 7.4), from γP⁻¹ on. */
function twoLoopRecursion(
  gradient: Float64Array,
  pairs: readonly CurvaturePair[],
  precondition: (gradient: Float64Array) => Float64Array = g => g,
): Float64Array {
  const q = gradient.map(g => -g)
  const weights = new Float64Array(pairs.length)
  for (let k = pairs.length - 1; k >= 0; k--) {
    const { s, y } = pairs[k]
    weights[k] = dot(s, q) / dot(s, y)
    addScaled(q, -weights[k], y)
  }
  const direction = precondition(q)
  const last = pairs.at(-1)
  if (last) {
    const scale = dot(last.s, last.y) / dot(last.y, precondition(last.y))
    for (let i = 0; i < direction.length; i++) direction[i] *= scale
  }
  for (let k = 0; k < pairs.length; k++) {
    const { s, y } = pairs[k]
    addScaled(direction, weights[k] - dot(y, direction) / dot(s, y), s)
  }
  return direction
}

/** a += t·b */
function addScaled(a: Float64Array, t: number, b: Float64Array): void {
  for (let i = 0; i < a.length; i++) a[i] += t * b[i]
}
