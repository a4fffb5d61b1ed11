import { lbfgs, type Solution } from '../../math/lbfgs.ts'
import type { Evaluation } from '../../math/line-search.ts'
import type { Matrix } from '../../math/matrix.ts'
import {
  type ColumnsEvaluation,
  type NewtonAnswer,
  type NewtonRequest,
  newtonCg,
} from '../../math/newton-cg.ts'
import type { Runtime } from '../../runtime/runtime.ts'
import { inStep } from '../curvature/in-step.ts'
import { FactoredHessian, type InverseHessian, isFactored, openNear } from '../curvature/inverse-hessian.ts'
import { ManyObjectives, type Part, type PartProduct } from '../curvature/many-objectives.ts'
import { type Completeness, openCompleteness } from '../fit/completeness.ts'
import { DEFAULT_GAP, type Fit } from '../fit/fit.ts'
import type { Problem } from '../head/problem.ts'
import { listsWithMinimum } from './minimum.ts'
import type { Examples } from './subsets.ts'

export interface RefitOptions {
  /** Completeness gap to stop at, in logits, as in `fitHead` */
  readonly gap?: number
  readonly maxIterations?: number
  /** The Hessian at Θ where it is factored already, to be released by whoever made it; made unless given */
  readonly hessian?: FactoredHessian
  readonly onRefit?: (done: number) => void
  readonly signal?: AbortSignal | undefined
}

export interface Refit {
  /** Which of the lists of examples it is of */
  readonly list: number
  /** Θ [d (+1), c] */
  readonly theta: Matrix<Float64Array>
  readonly status: Fit['status']
  readonly iterations: number
  /** Upper bound of the completeness gap over all training examples, in logits */
  readonly gapBound: number
}

/** Left out, this share of the examples changes the curvature little. */
const NEARLY_NONE = 0.01

/** Curvature pairs that a refit keeps. */
const HISTORY = 5

/** Numbers of Θ of all refits that run side by side, of which a solver holds about twenty copies. */
const SIDE_BY_SIDE_NUMBERS = 2 ** 21

/** More of them make the products no faster. */
const MOST_SIDE_BY_SIDE = 256

/**
 * The head fitted again, exactly, to one list of examples after another: from the optimum Θ over all of them, preconditioned
 * by the Hessian there. Many run side by side, as columns of the same products, and are answered as they end. Lists
 * on which the problem has no minimum are passed over.
 *
 * @param theta the optimum over all examples [d (+1), c]
 */
export async function* refits(
  runtime: Runtime,
  problem: Problem,
  theta: Matrix<Float64Array>,
  all: readonly Examples[],
  { gap = DEFAULT_GAP, maxIterations = 100, hessian, onRefit, signal }: RefitOptions = {},
): AsyncGenerator<Refit> {
  const kept = await listsWithMinimum(problem, all)
  if (kept.length === 0) return
  const lists = kept.map(list => all[list])
  const near = hessian ?? (await openPreconditioner(runtime, problem, theta))
  const completeness = await openCompleteness(runtime, problem)
  const objectives = new ManyObjectives(runtime, problem, 'float32')
  const width = Math.max(1, Math.min(MOST_SIDE_BY_SIDE, Math.floor(SIDE_BY_SIDE_NUMBERS / theta.data.length)))
  const parts = new Map<number, Part>()
  const answer = (requests: readonly Asked[]): Promise<NewtonAnswer[]> => {
    signal?.throwIfAborted()
    for (const { task, request } of requests) {
      const part = parts.get(task) ?? partOf(lists[task], problem, theta.data)
      parts.set(task, 'evaluate' in request ? { ...part, theta: request.evaluate } : part)
    }
    return answerAll(requests, task => parts.get(task) as Part, { objectives, near, completeness, gap })
  }
  try {
    const solvers = lists.map(examples =>
      near instanceof FactoredHessian && isNearAll(examples, problem)
        ? evaluating(lbfgs(theta.data, { history: HISTORY, maxIterations }))
        : newtonCg(theta.data, { columns: 1, maxIterations }),
    )
    let done = 0
    for await (const { task, result } of inStep(solvers, width, answer)) {
      parts.delete(task)
      const { point, status, iterations, gradient } = result
      if (status === 'stalled') throw new Error('a refit has no patience to lose')
      onRefit?.(++done)
      yield {
        list: kept[task],
        theta: { ...theta, data: point },
        status,
        iterations,
        gapBound: completeness.bound(gradient),
      }
    }
  } finally {
    await objectives.release()
    if (near !== hessian) await near.release()
    await completeness.release()
  }
}

/**
 * Whether the Hessian over all examples differs from that of a refit in few directions, which a few pairs of L-BFGS
 * tell: each of its steps costs one solve, and Newton's three and more. Of subsets of half the examples it takes 80
 * steps, and Newton's method 15.
 */
const isNearAll = (examples: Examples, { features }: Problem): boolean =>
  'without' in examples && examples.without.length <= NEARLY_NONE * features.rows

/** A solver that asks for evaluations alone, as one that may ask for products too. */
function* evaluating(
  solver: Generator<Float64Array, Solution, Evaluation>,
): Generator<NewtonRequest, Solution, NewtonAnswer> {
  let request = solver.next()
  while (!request.done) request = solver.next((yield { evaluate: request.value }) as Evaluation)
  return request.value
}

interface Asked {
  readonly task: number
  readonly request: NewtonRequest
}

/** The Hessian over all examples, or where it is too large what fits precondition with. */
function openPreconditioner(
  runtime: Runtime,
  problem: Problem,
  theta: Matrix<Float64Array>,
): Promise<InverseHessian> {
  return isFactored(problem)
    ? FactoredHessian.make(runtime, problem, theta)
    : openNear(runtime, problem, theta)
}

function partOf(examples: Examples, { features }: Problem, theta: Float64Array): Part {
  const isSubset = 'only' in examples
  const counts = new Uint8Array(features.rows).fill(isSubset ? 0 : 1)
  const rows = isSubset ? examples.only : examples.without
  for (let k = 0; k < rows.length; k++) counts[rows[k]] = isSubset ? 1 : 0
  return { theta, counts, divisor: isSubset ? rows.length : features.rows }
}

interface Solving {
  readonly objectives: ManyObjectives
  readonly near: InverseHessian
  readonly completeness: Completeness
  readonly gap: number
}

/** Answers what solvers ask for, each kind of request at once; a step that goes on from a gradient begins with P⁻¹G. */
async function answerAll(
  requests: readonly Asked[],
  partOf: (task: number) => Part,
  { objectives, near, completeness, gap }: Solving,
): Promise<NewtonAnswer[]> {
  const answers = new Map<number, NewtonAnswer>()
  const [evaluated, curved]: [Map<number, Part>, Map<number, PartProduct>] = [new Map(), new Map()]
  /** What P⁻¹ is to be multiplied with */
  const conditioned = new Map<number, Float64Array>()
  for (const [k, { task, request }] of requests.entries()) {
    if ('evaluate' in request) evaluated.set(k, partOf(task))
    else if ('curve' in request) curved.set(k, { ...partOf(task), v: request.curve })
    else conditioned.set(k, request.precondition)
  }
  const evaluations = await answered(evaluated, parts => objectives.evaluate(parts))
  for (const [k, evaluation] of evaluations) {
    const converged = completeness.bound(evaluation.gradient) <= gap
    answers.set(k, { ...evaluation, converged })
    if (!converged) conditioned.set(k, evaluation.gradient)
  }
  for (const [k, step] of await answered(conditioned, vectors => near.solve(vectors))) {
    const evaluation = answers.get(k) as ColumnsEvaluation | undefined
    answers.set(k, evaluation ? { ...evaluation, preconditioned: step } : step)
  }
  for (const [k, product] of await answered(curved, parts => objectives.curve(parts))) answers.set(k, product)
  return requests.map((_, k) => answers.get(k) as NewtonAnswer)
}

/** What all of some requests are answered with at once, by request. */
async function answered<Question, Answer>(
  asked: ReadonlyMap<number, Question>,
  answer: (questions: Question[]) => Promise<Answer[]>,
): Promise<Map<number, Answer>> {
  if (asked.size === 0) return new Map()
  const answers = await answer([...asked.values()])
  return new Map([...asked.keys()].map((k, at) => [k, answers[at]]))
}
