// The two solvers on one objective in double precision, with a preconditioner or without.

import { Convergence, lbfgs, newtonCg, Objective } from '../frame/library.js'

/** Numbers of the curvature pairs at most, three vectors each: 1 GiB in all, as in fits. */
const PAIR_NUMBERS = 2 ** 27
const PAIRS = 20

const SOLVERS = {
  'L-BFGS': from => lbfgs(from, { history: Math.min(PAIRS, Math.floor(PAIR_NUMBERS / (3 * from.length))) }),
  'Newton-CG': (from, columns) => newtonCg(from, { columns }),
}

export const SOLVER_NAMES = Object.keys(SOLVERS)

/**
 * Solves a problem from a point by a solver's name.
 *
 * @param {object} runtime
 * @param {object} problem
 * @param {{ from: Float64Array, inverse: { apply(v: Float64Array): Promise<Float64Array> } | null,
 *   completeness: object, columns: number, gap: number, isBoundEnough?: boolean }} how `inverse` of the
 *   preconditioner; `columns` that are problems of their own
 * @returns {Promise<{ point: Float64Array, status: string }>}
 */
export async function solve(name, runtime, problem, { from, inverse, completeness, columns, ...goal }) {
  const objective = await Objective.create(runtime, problem, 'float64')
  const convergence = new Convergence(problem, completeness, { ...goal, patience: Number.POSITIVE_INFINITY })
  let at = from
  const answers = {
    async evaluate(point) {
      at = point
      const evaluation = await objective.evaluate(point)
      const { gradient } = evaluation
      const converged = await convergence.isReached(point, gradient, completeness.bound(gradient))
      return { ...evaluation, converged, ...(inverse && { preconditioned: await inverse.apply(gradient) }) }
    },
    curve: v => objective.curve(at, v),
    precondition: async v => (inverse ? inverse.apply(v) : v),
  }
  try {
    const solver = SOLVERS[name](from, columns)
    let request = solver.next()
    while (!request.done) request = solver.next(await answerTo(request.value, answers))
    return request.value
  } finally {
    await objective.release()
  }
}

/** L-BFGS asks with the point alone, Newton-CG with `{ evaluate }`, `{ curve }` or `{ precondition }`. */
function answerTo(request, answers) {
  if (request instanceof Float64Array) return answers.evaluate(request)
  const [[kind, vector]] = Object.entries(request)
  return answers[kind](vector)
}
