import { type LbfgsOptions, lbfgs, type Solution } from '../../math/lbfgs.ts'
import type { Evaluation } from '../../math/line-search.ts'
import {
  type ColumnsEvaluation,
  type NewtonAnswer,
  type NewtonOptions,
  type NewtonRequest,
  newtonCg,
} from '../../math/newton-cg.ts'
import type { Runtime } from '../../runtime/runtime.ts'
import type { Precision } from '../head/head-graph.ts'
import { lossOf } from '../head/loss.ts'
import type { Problem } from '../head/problem.ts'
import type { Completeness } from './completeness.ts'
import { Convergence, type Goal } from './convergence.ts'
import { Objective } from './objective.ts'
import { type Form, type Preconditioner, preconditioner } from './preconditioner.ts'

/** One run of a solver. */
export interface Stage extends Goal {
  readonly precision: Precision
  /** Relative rounding error of the values */
  readonly rounding: number
  readonly maxIterations: number
  readonly pairs: Solution['pairs']
}

export interface Observer {
  readonly onEvaluation?: (gapBound: number) => void
  readonly signal?: AbortSignal | undefined
}

/**
 * Runs of the solver that suits a loss, one after another, with the preconditioner that was made last: L-BFGS
 * where outputs curve together, and Newton-CG where each is a problem of its own, whose steps need not be as
 * long as the others'.
 */
export class Stages {
  readonly #runtime: Runtime
  readonly #given: { readonly problem: Problem; readonly sample: Problem }
  readonly #completeness: Completeness
  readonly #observer: Observer
  #preconditioner: Preconditioner | null = null
  /** Of all runs so far */
  iterations = 0

  /** @param given the problem, and a sample of it for preconditioners to be estimated by */
  constructor(
    runtime: Runtime,
    given: { readonly problem: Problem; readonly sample: Problem },
    completeness: Completeness,
    observer: Observer,
  ) {
    this.#runtime = runtime
    this.#given = given
    this.#completeness = completeness
    this.#observer = observer
  }

  /** Makes the preconditioner of the runs to come, at Θ [d (+1), c], row-major. */
  async precondition(form: Form, theta: Float64Array): Promise<void> {
    this.#observer.signal?.throwIfAborted()
    await this.#preconditioner?.release()
    this.#preconditioner = null
    const { cols } = this.#given.problem.targets
    const at = { rows: theta.length / cols, cols, data: theta }
    this.#preconditioner = await preconditioner(this.#runtime, form, this.#given, at)
  }

  /** Upper bound of the completeness gap at a point. */
  bound(problem: Problem, point: Float64Array, precision: Precision): Promise<number> {
    return this.#withObjective(problem, precision, async objective =>
      this.#completeness.bound((await objective.evaluate(point)).gradient),
    )
  }

  run(problem: Problem, from: Float64Array, stage: Stage): Promise<Solution> {
    return this.#withObjective(problem, stage.precision, async objective => {
      const convergence = new Convergence(problem, this.#completeness, stage)
      const evaluate = (point: Float64Array) => this.#evaluate(objective, convergence, point)
      const options = { ...stage, isStalled: (at: Evaluation) => convergence.isStalled(at.gradient) }
      const solution = lossOf(problem.activation).isSeparate
        ? await driveNewtonCg(from, { ...options, columns: problem.targets.cols }, evaluate, {
            curve: (point, v) => {
              this.#observer.signal?.throwIfAborted()
              return objective.curve(point, v)
            },
            precondition: async v => (await this.#preconditioner?.apply(v)) ?? v,
          })
        : await driveLbfgs(from, { ...options, history: historyOf(from.length) }, evaluate)
      this.iterations += solution.iterations
      if (solution.status !== 'stalled') return solution
      // What was learnt since is of rounding.
      return { ...solution, pairs: solution.pairs.slice(0, -stage.patience) }
    })
  }

  async release(): Promise<void> {
    await this.#preconditioner?.release()
  }

  async #evaluate(
    objective: Objective,
    convergence: Convergence,
    point: Float64Array,
  ): Promise<ColumnsEvaluation> {
    this.#observer.signal?.throwIfAborted()
    const evaluation = await objective.evaluate(point)
    const gapBound = this.#completeness.bound(evaluation.gradient)
    this.#observer.onEvaluation?.(gapBound)
    const converged = await convergence.isReached(point, evaluation.gradient, gapBound)
    const preconditioned = converged ? undefined : await this.#preconditioner?.apply(evaluation.gradient)
    return { ...evaluation, converged, ...(preconditioned && { preconditioned }) }
  }

  async #withObjective<T>(
    problem: Problem,
    precision: Precision,
    use: (objective: Objective) => Promise<T>,
  ): Promise<T> {
    const objective = await Objective.create(this.#runtime, problem, precision)
    try {
      return await use(objective)
    } finally {
      await objective.release()
    }
  }
}

/** Curvature pairs for so many unknowns: three vectors each, a gigabyte at most together. */
function historyOf(unknowns: number): number {
  return Math.max(4, Math.min(20, Math.floor(2 ** 27 / (3 * unknowns))))
}

/** Runs a solver, which waits for nobody, on evaluations that have to be waited for. */
async function driveLbfgs(
  start: Float64Array,
  options: LbfgsOptions,
  evaluate: (point: Float64Array) => Promise<Evaluation>,
): Promise<Solution> {
  const solver = lbfgs(start, options)
  let request = solver.next()
  while (!request.done) request = solver.next(await evaluate(request.value))
  return request.value
}

async function driveNewtonCg(
  start: Float64Array,
  options: NewtonOptions,
  evaluate: (point: Float64Array) => Promise<ColumnsEvaluation>,
  products: {
    curve(point: Float64Array, v: Float64Array): Promise<Float64Array>
    precondition(v: Float64Array): Promise<Float64Array>
  },
): Promise<Solution> {
  const solver = newtonCg(start, options)
  let point = start
  const answer = (request: NewtonRequest): Promise<NewtonAnswer> => {
    if ('curve' in request) return products.curve(point, request.curve)
    if ('precondition' in request) return products.precondition(request.precondition)
    point = request.evaluate
    return evaluate(point)
  }
  let request = solver.next()
  while (!request.done) request = solver.next(await answer(request.value))
  return { ...request.value, pairs: [] }
}
