import { conjugateGradients, type ProductRequest } from '../../math/conjugate-gradients.ts'
import { type Matrix, zeros } from '../../math/matrix.ts'
import type { Runtime } from '../../runtime/runtime.ts'
import { UserError } from '../../user-error.ts'
import { examplesOf, formOf, preconditioner } from '../fit/preconditioner.ts'
import { sampleOf } from '../fit/sample.ts'
import { lossOf } from '../head/loss.ts'
import type { Problem } from '../head/problem.ts'
import { CholeskyFactor } from './cholesky-factor.ts'
import { headHessians, hessianNumbers, type OutputGroup, outputGroups } from './hessian.ts'
import { inStep } from './in-step.ts'
import { ManyObjectives } from './many-objectives.ts'
import { Products } from './products.ts'
import type { Stoppable } from './stoppable.ts'

type Doubles = Matrix<Float64Array>

/** H⁻¹ of the Hessian of the objective, or of what stands for it. */
export interface InverseHessian {
  /** H⁻¹v of each v [d (+1), c], row-major */
  solve(vectors: readonly Float64Array[]): Promise<Float64Array[]>
  release(): Promise<void>
}

/** Numbers of Hessians that are factored: 512 MiB, which is d · c of about 11,000 under softmax. */
const MOST_NUMBERS = 2 ** 26

/** Whether the Hessian is small enough to be factored. */
export const isFactored = (problem: Problem): boolean => hessianNumbers(problem) <= MOST_NUMBERS

/** The exact inverse: by a Cholesky factor where the Hessian is small enough for one, else by conjugate gradients. */
export function openInverse(
  runtime: Runtime,
  problem: Problem,
  theta: Doubles,
  options: Stoppable = {},
): Promise<InverseHessian> {
  return isFactored(problem)
    ? FactoredHessian.make(runtime, problem, theta, options)
    : iterativeInverse(runtime, problem, theta, options)
}

/** The Hessian of the objective at Θ, as the Cholesky factors of its groups of outputs. */
export class FactoredHessian implements InverseHessian {
  readonly groups: readonly OutputGroup[]
  readonly #products: Products
  readonly #factors: readonly CholeskyFactor[]
  /** Rows of Θ */
  readonly #rows: number

  private constructor(
    products: Products,
    rows: number,
    groups: readonly OutputGroup[],
    factors: readonly CholeskyFactor[],
  ) {
    this.#products = products
    this.#rows = rows
    this.groups = groups
    this.#factors = factors
  }

  /** Errors: UserError `value` where it is singular. */
  static async make(
    runtime: Runtime,
    problem: Problem,
    theta: Doubles,
    options: Stoppable = {},
  ): Promise<FactoredHessian> {
    const hessians = await headHessians(runtime, problem, theta, options)
    const products = new Products(runtime)
    const factors: CholeskyFactor[] = []
    try {
      for (const hessian of hessians) {
        const factor = await CholeskyFactor.make(products, hessian, options)
        if (!factor) {
          throw new UserError(
            'value',
            'head: its Hessian is singular, raise lambda or use a regularised bias',
          )
        }
        factors.push(factor)
      }
    } catch (error) {
      await products.release()
      throw error
    }
    return new FactoredHessian(products, theta.rows, outputGroups(problem), factors)
  }

  async solve(vectors: readonly Float64Array[]): Promise<Float64Array[]> {
    const rows = this.#rows
    const m = vectors.length
    const c = m > 0 ? vectors[0].length / rows : 0
    const solved = vectors.map(v => new Float64Array(v.length))
    for (const [at, { first, count }] of this.groups.entries()) {
      const right = zeros(rows * count, m)
      for (const [t, v] of vectors.entries()) {
        for (let j = 0; j < count; j++) {
          for (let a = 0; a < rows; a++) right.data[(j * rows + a) * m + t] = v[a * c + first + j]
        }
      }
      // Of an output that nobody asks for, where each is a problem of its own.
      if (right.data.every(x => x === 0)) continue
      const { data } = await this.#factors[at].solve(right)
      for (const [t, out] of solved.entries()) {
        for (let j = 0; j < count; j++) {
          for (let a = 0; a < rows; a++) out[a * c + first + j] = data[(j * rows + a) * m + t]
        }
      }
    }
    return solved
  }

  /**
   * Blocks of H⁻¹ of a group: those in the column of its output k, from the diagonal on.
   *
   * @returns (H⁻¹)_jk for j = k … count − 1, one beneath the other [(count − k) · rows, rows]
   */
  async inverseBlocks(group: number, k: number): Promise<Doubles> {
    const rows = this.#rows
    const { count } = this.groups[group]
    const right = zeros(rows * count, rows)
    for (let a = 0; a < rows; a++) right.data[(k * rows + a) * rows + a] = 1
    const { data } = await this.#factors[group].solve(right, k * rows)
    return { rows: (count - k) * rows, cols: rows, data: data.subarray(k * rows * rows) }
  }

  release(): Promise<void> {
    return this.#products.release()
  }
}

/** Right sides that conjugate gradients work on at once. */
const WIDTH = 16

/** H⁻¹v by conjugate gradients, to a relative residual of 1e-8, with the preconditioner that fits use. */
export async function iterativeInverse(
  runtime: Runtime,
  problem: Problem,
  theta: Doubles,
  { signal }: Stoppable = {},
): Promise<InverseHessian> {
  const near = await openNear(runtime, problem, theta)
  const objectives = new ManyObjectives(runtime, problem, 'float64')
  const part = { theta: theta.data, counts: null, divisor: problem.features.rows }
  const isFlat = await flatOutputs(problem, vector => objectives.curve([{ ...part, v: vector }]))
  const answer = async (requests: readonly { request: ProductRequest }[]): Promise<Float64Array[]> => {
    signal?.throwIfAborted()
    return answerEach(requests, {
      async curve(vectors) {
        const products = await objectives.curve(vectors.map(v => ({ ...part, v })))
        for (const [k, v] of vectors.entries()) addHold(problem, isFlat, v, products[k])
        return products
      },
      precondition: near.solve,
    })
  }
  return {
    async solve(vectors) {
      const solved: Float64Array[] = []
      const tasks = vectors.map(v => conjugateGradients(v))
      for await (const { task, result } of inStep(tasks, WIDTH, answer)) {
        if (result.status !== 'converged') {
          throw new UserError('value', 'influence: conjugate gradients did not converge, raise lambda')
        }
        solved[task] = result.x
      }
      return solved
    },
    async release() {
      await near.release()
      await objectives.release()
    },
  }
}

/** Which outputs have no curvature at all; of a free bias alone, where each is a problem of its own. */
async function flatOutputs(
  { bias, activation, features, targets }: Problem,
  curve: (v: Float64Array) => Promise<Float64Array[]>,
): Promise<boolean[]> {
  if (bias !== 'free' || !lossOf(activation).isSeparate) return []
  const { cols: c } = targets
  const biases = new Float64Array((features.cols + 1) * c).fill(1, features.cols * c)
  const [product] = await curve(biases)
  return Array.from(product.subarray(-c), curvature => curvature === 0)
}

/** The product with what `headHessians` adds for a free bias: 11ᵀ/c of softmax, else 1 of outputs without curvature. */
function addHold(
  { bias, activation, targets }: Problem,
  isFlat: readonly boolean[],
  v: Float64Array,
  product: Float64Array,
): void {
  if (bias !== 'free') return
  const [biases, out] = [v.subarray(-targets.cols), product.subarray(-targets.cols)]
  const mean = biases.reduce((sum, b) => sum + b, 0) / biases.length
  for (let j = 0; j < out.length; j++) {
    if (!lossOf(activation).isSeparate) out[j] += mean
    else if (isFlat[j]) out[j] += biases[j]
  }
}

/** What fits precondition with, at Θ: symmetric positive definite, and near the inverse. */
export async function openNear(runtime: Runtime, problem: Problem, theta: Doubles): Promise<InverseHessian> {
  const form = formOf(problem)
  const sample = await sampleOf(problem, examplesOf(form, problem))
  const near = await preconditioner(runtime, form, { problem, sample }, theta)
  return {
    async solve(vectors) {
      const solved: Float64Array[] = []
      for (const v of vectors) solved.push(await near.apply(v))
      return solved
    },
    release: () => near.release(),
  }
}

/** Answers requests of two kinds, each kind at once, in the order in which they stand. */
async function answerEach(
  requests: readonly { readonly request: ProductRequest }[],
  products: {
    curve(vectors: Float64Array[]): Promise<Float64Array[]>
    precondition(vectors: Float64Array[]): Promise<Float64Array[]>
  },
): Promise<Float64Array[]> {
  const [curved, conditioned]: [Float64Array[], Float64Array[]] = [[], []]
  for (const { request } of requests) {
    if ('curve' in request) curved.push(request.curve)
    else conditioned.push(request.precondition)
  }
  const [curves, steps] = [
    curved.length > 0 ? await products.curve(curved) : [],
    conditioned.length > 0 ? await products.precondition(conditioned) : [],
  ]
  return requests.map(({ request }) => ('curve' in request ? curves : steps).shift() as Float64Array)
}
