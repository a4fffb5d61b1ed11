import type { FloatArray } from '../../math/matrix.ts'
import type { ColumnsEvaluation } from '../../math/newton-cg.ts'
import { GraphBuilder, type Value } from '../../onnx/builder.ts'
import { matrixTensor, type Runtime, type Session, type Tensor } from '../../runtime/runtime.ts'
import { pairedBlocks } from '../head/blocks.ts'
import { featuresInput, linear, type Precision } from '../head/head-graph.ts'
import { lossOf } from '../head/loss.ts'
import { headShape, type Problem } from '../head/problem.ts'

/** One problem among many over the same examples: the objective over some of them. */
export interface Part {
  /** Θ [d (+1), c], row-major */
  readonly theta: Float64Array
  /** 1 of each example that counts, else 0 [n]; null where all count */
  readonly counts: Uint8Array | null
  /** What the sum of the losses is divided by */
  readonly divisor: number
}

/** Numbers of Φ of all parts in a block, so that what is made of them stays in cache. */
const BLOCK_NUMBERS = 2 ** 18

/** One of a part's products with its Hessian. */
export interface PartProduct extends Part {
  readonly v: Float64Array
}

/**
 * The objectives of many heads over parts of the same examples, evaluated at once: their pre-activations are one
 * product of the features with all heads beside each other, which fills every core.
 *
 *   f(Θ) = 1/N Σ_{i in part} L(Φᵢ, Tᵢ) + λ ‖Θ‖²,   G as in objective.ts
 *
 * Values and gradients are made in double precision, products with the Hessian in the one that is asked for.
 */
export class ManyObjectives {
  readonly #runtime: Runtime
  readonly #problem: Problem
  readonly #precision: Precision
  #evaluating: Session | null = null
  #curving: Session | null = null

  /** @param precision of products with the Hessian */
  constructor(runtime: Runtime, problem: Problem, precision: Precision) {
    this.#runtime = runtime
    this.#problem = problem
    this.#precision = precision
  }

  /** f and G of each part. */
  async evaluate(parts: readonly Part[]): Promise<ColumnsEvaluation[]> {
    this.#evaluating ??= await this.#runtime.load(evaluationGraph(this.#problem))
    const values = new Float64Array(parts.length)
    const gradients = await this.#sums(this.#evaluating, parts, 'float64', {}, answer => {
      const losses = answer.values.data as Float64Array
      for (let r = 0; r < parts.length; r++) values[r] += losses[r]
    })
    return parts.map(({ theta, divisor }, r) => {
      const penalty = this.#regularise(gradients[r], theta, divisor)
      const value = values[r] / divisor + this.#problem.lambda * penalty
      return { value, values: Float64Array.of(value), gradient: gradients[r] }
    })
  }

  /** H v of each part, at its Θ. */
  async curve(parts: readonly PartProduct[]): Promise<Float64Array[]> {
    this.#curving ??= await this.#runtime.load(curveGraph(this.#problem, this.#precision))
    const vectors = parts.map(({ v }) => v)
    const inputs = { v: this.#beside(vectors, this.#precision) }
    const products = await this.#sums(this.#curving, parts, this.#precision, inputs)
    for (const [r, { v, divisor }] of parts.entries()) this.#regularise(products[r], v, divisor)
    return products
  }

  async release(): Promise<void> {
    await this.#evaluating?.release()
    await this.#curving?.release()
  }

  /** Σ over the examples of each part of what a gradient or a product is made of, each [d (+1), c]. */
  async #sums(
    session: Session,
    parts: readonly Part[],
    precision: Precision,
    inputs: Readonly<Record<string, Tensor>>,
    look: (answer: Record<string, Tensor>) => void = () => undefined,
  ): Promise<Float64Array[]> {
    const { features, targets, bias } = this.#problem
    const { d, c } = headShape(this.#problem)
    const sums = parts.map(({ theta }) => new Float64Array(theta.length))
    const theta = this.#beside(
      parts.map(part => part.theta),
      precision,
    )
    const isEvaluated = session === this.#evaluating
    const names = ['transposed', ...(bias === 'none' ? [] : ['constant']), ...(isEvaluated ? ['values'] : [])]
    const size = Math.max(64, Math.floor(BLOCK_NUMBERS / (parts.length * c)))
    for await (const { start, a, b } of pairedBlocks(features, targets, size)) {
      const answer = await session.run(
        {
          ...inputs,
          features: matrixTensor(a),
          theta,
          weights: weightsOf(parts, start, a.rows, precision),
          ...(isEvaluated && { targets: matrixTensor(b) }),
        },
        names,
      )
      look(answer)
      const transposed = answer.transposed.data as FloatArray
      const constant = answer.constant?.data as FloatArray | undefined
      for (const [r, sum] of sums.entries()) {
        for (let j = 0; j < c; j++) {
          const at = (r * c + j) * d
          for (let a = 0; a < d; a++) sum[a * c + j] += transposed[at + a]
          if (constant) sum[d * c + j] += constant[r * c + j]
        }
      }
    }
    return sums
  }

  /** sum/N + 2λΘ in place of the sum; answers ‖Θ‖² of what is regularised. */
  #regularise(sum: Float64Array, theta: Float64Array, divisor: number): number {
    const { features, targets, bias, lambda } = this.#problem
    const regularised = bias === 'free' ? features.cols * targets.cols : sum.length
    let penalty = 0
    for (let i = 0; i < sum.length; i++) sum[i] /= divisor
    for (let i = 0; i < regularised; i++) {
      sum[i] += 2 * lambda * theta[i]
      penalty += theta[i] * theta[i]
    }
    return penalty
  }

  /** Matrices [d (+1), c] as one with their columns beside each other. */
  #beside(matrices: readonly Float64Array[], precision: Precision): Tensor {
    const { c } = headShape(this.#problem)
    const rows = matrices[0].length / c
    const cols = matrices.length * c
    const data = precision === 'float32' ? new Float32Array(rows * cols) : new Float64Array(rows * cols)
    for (const [r, matrix] of matrices.entries()) {
      for (let a = 0; a < rows; a++) {
        for (let j = 0; j < c; j++) data[a * cols + r * c + j] = matrix[a * c + j]
      }
    }
    return matrixTensor({ rows, cols, data })
  }
}

/** Which examples of a block count in each part [rows, parts]. */
function weightsOf(parts: readonly Part[], start: number, rows: number, precision: Precision): Tensor {
  const length = rows * parts.length
  const data = precision === 'float32' ? new Float32Array(length).fill(1) : new Float64Array(length).fill(1)
  for (const [r, { counts }] of parts.entries()) {
    if (counts) for (let i = 0; i < rows; i++) data[i * parts.length + r] = counts[start + i]
  }
  return matrixTensor({ rows, cols: parts.length, data })
}

/** Φ of all parts [rows, parts, c], and one row of it for each example and part. */
interface Stacked {
  readonly features: Value
  readonly shape: Value
  readonly rows: Value
}

function stack(g: GraphBuilder, features: Value, name: string, problem: Problem): Stacked {
  const { d, c, constant } = headShape(problem)
  const matrix = g.input(name, features.type, [d + Number(constant), 'heads'])
  const product = linear(g, features, matrix, { d, c, constant })
  const phi = g.op('Reshape', [product, g.integers([0, -1, c])])
  return {
    features,
    shape: g.op('Shape', [phi], {}, 'int64'),
    rows: g.op('Reshape', [phi, g.integers([-1, c])]),
  }
}

/** Gives AᵀF [parts · c, d] and Aᵀ1, of A [rows · parts, c] with the weight of each of its rows. */
function outputSums(
  g: GraphBuilder,
  a: Value,
  { features, shape }: Stacked,
  weights: Value,
  problem: Problem,
) {
  const weighted = g.op('Mul', [g.op('Reshape', [a, shape]), weights])
  const heads = g.op('Reshape', [weighted, g.integers([0, -1])])
  g.output('transposed', g.op('Gemm', [heads, features], { transA: 1 }))
  if (headShape(problem).constant) g.output('constant', g.columnSums(heads))
}

/** The weights [rows, parts, 1]. */
function weightsInput(g: GraphBuilder, precision: Precision): Value {
  return g.op('Reshape', [g.input('weights', precision, ['rows', 'parts']), g.integers([0, -1, 1])])
}

function evaluationGraph(problem: Problem): Uint8Array {
  const { c } = headShape(problem)
  const g = new GraphBuilder('many-objectives')
  const weights = weightsInput(g, 'float64')
  const features = featuresInput(g, problem.features, 'float64')
  const phi = stack(g, features, 'theta', problem)
  const given = g.cast(g.input('targets', 'float32', ['rows', c]), 'float64')
  const spread = g.op('Expand', [g.op('Reshape', [given, g.integers([0, 1, c])]), phi.shape])
  const targets = g.op('Reshape', [spread, g.integers([-1, c])])
  const { values, residual } = lossOf(problem.activation).build(g, phi.rows, targets)
  outputSums(g, residual, phi, weights, problem)
  const ofExample = g.op('Reshape', [g.sum(values, 1), g.op('Shape', [weights], {}, 'int64')])
  g.output('values', g.columnSums(g.op('Reshape', [g.op('Mul', [ofExample, weights]), g.integers([0, -1])])))
  return g.build()
}

function curveGraph(problem: Problem, precision: Precision): Uint8Array {
  const g = new GraphBuilder('many-curves')
  const weights = weightsInput(g, precision)
  const features = featuresInput(g, problem.features, precision)
  const phi = stack(g, features, 'theta', problem)
  const moved = lossOf(problem.activation).curve(g, phi.rows, stack(g, features, 'v', problem).rows)
  outputSums(g, moved, phi, weights, problem)
  return g.build()
}
