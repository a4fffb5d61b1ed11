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
}

/**
 * Minimises a convex function by L-BFGS (Nocedal & Wright 2006, algorithm 7.5) from `start`.
 *
 * A generator: it yields the point at which it wants value and gradient and is sent them, so it neither
 * waits nor knows what computes them. It stops where an evaluation says `converged`.
 */
export function* lbfgs(
  start: Float64Array,
  { history = 20, maxIterations = 1000, rounding = 1e-13, pairs: known = [] }: LbfgsOptions = {},
): Generator<Float64Array, Solution, Evaluation> {
  const pairs = [...known]
  let current: Iterate = { point: start, ...(yield start) }
  for (let iterations = 0; ; iterations++) {
    if (current.converged) return { ...current, status: 'converged', iterations, pairs }
    if (iterations === maxIterations) return { ...current, status: 'max-iterations', iterations, pairs }

    const direction = twoLoopRecursion(current.gradient, pairs)
    const firstStep = pairs.length > 0 ? 1 : 1 / Math.max(norm(current.gradient), Number.MIN_VALUE)
    const next = yield* lineSearch(current, direction, { firstStep, rounding })
    if (next === null) {
      // Old curvature may mislead; steepest descent gets one more try before giving up.
      if (pairs.length === 0) return { ...current, status: 'line-search-failed', iterations, pairs }
      pairs.length = 0
      continue
    }

    const s = next.point.map((x, i) => x - current.point[i])
    const y = next.gradient.map((g, i) => g - current.gradient[i])
    if (dot(s, y) > Number.EPSILON * dot(y, y)) pairs.push({ s, y })
    if (pairs.length > history) pairs.shift()
    current = next
  }
}

/** −Hg, H the inverse Hessian that the pairs suggest (algorithm 7.4). */
function twoLoopRecursion(gradient: Float64Array, pairs: readonly CurvaturePair[]): Float64Array {
  const direction = gradient.map(g => -g)
  const weights = new Float64Array(pairs.length)
  for (let k = pairs.length - 1; k >= 0; k--) {
    const { s, y } = pairs[k]
    weights[k] = dot(s, direction) / dot(s, y)
    addScaled(direction, -weights[k], y)
  }
  const last = pairs.at(-1)
  if (last) {
    const scale = dot(last.s, last.y) / dot(last.y, last.y)
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
