import type { FloatArray } from '../../math/matrix.ts'
import type { ColumnsEvaluation } from '../../math/newton-cg.ts'
import { GraphBuilder, type Value } from '../../onnx/builder.ts'
import { matrixTensor, type Runtime, type Session, type Tensor } from '../../runtime/runtime.ts'
import { blockRows, pairedBlocks } from '../head/blocks.ts'
import { featuresInput, linear, type Precision, shapeRows } from '../head/head-graph.ts'
import { lossOf } from '../head/loss.ts'
import { headShape, type Problem } from '../head/problem.ts'

/**
 * The regularised objective of a head on fixed features, and its gradient.
 *
 *   Φ = F̃ Θ                                     pre-activation  [n, c]
 *   f(Θ) = 1/n Σᵢ L(Φᵢ, Tᵢ) + λ ‖Θ‖²             objective       scalar
 *   G = 1/n F̃ᵀ(σ(Φ) − T) + 2λ Θ                  gradient        [d (+1), c]
 *
 * A free bias, the last row of Θ, is left out of ‖Θ‖² and so of the second term of G.
 *
 * Each block of rows is one run of one graph in the precision asked for; the sum over blocks is kept in
 * double precision either way.
 */
export class Objective {
  readonly #runtime: Runtime
  readonly #problem: Problem
  readonly #precision: Precision
  readonly #session: Session
  /** Made when it is first needed */
  #curving: Session | null = null

  private constructor(runtime: Runtime, problem: Problem, precision: Precision, session: Session) {
    this.#runtime = runtime
    this.#problem = problem
    this.#precision = precision
    this.#session = session
  }

  static async create(runtime: Runtime, problem: Problem, precision: Precision): Promise<Objective> {
    const session = await runtime.load(objectiveGraph(problem, precision))
    return new Objective(runtime, problem, precision, session)
  }

  /** f and G at Θ [d (+1), c], row-major; f of each output where each is a problem of its own. */
  async evaluate(theta: Float64Array): Promise<ColumnsEvaluation> {
    const { features, targets, activation, lambda } = this.#problem
    const { d, c } = headShape(this.#problem)
    const thetaTensor = this.#tensor(theta, this.#precision)
    const names = ['values', ...this.#sumNames()]
    const values = new Float64Array(lossOf(activation).isSeparate ? c : 1)
    const gradient = new Float64Array(theta.length)
    for await (const { a, b } of pairedBlocks(features, targets, blockRows(d + 3 * c))) {
      const inputs = { features: matrixTensor(a), targets: matrixTensor(b), theta: thetaTensor }
      const answer = await this.#session.run(inputs, names)
      for (let j = 0; j < values.length; j++) values[j] += Number(answer.values.data[j])
      addSum(gradient, answer, d, c)
    }
    const penalties = new Float64Array(values.length)
    for (let i = 0; i < regularisedLength(this.#problem); i++) {
      penalties[i % penalties.length] += theta[i] * theta[i]
    }
    for (let j = 0; j < values.length; j++) values[j] = values[j] / features.rows + lambda * penalties[j]
    this.#regularise(gradient, theta)
    return { value: values.reduce((sum, v) => sum + v, 0), values, gradient }
  }

  /** H V at Θ, both [d (+1), c], row-major: 1/n F̃ᵀ(∂σ(Φ) F̃V) + 2λV, in single precision. */
  async curve(theta: Float64Array, v: Float64Array): Promise<Float64Array> {
    const { features } = this.#problem
    const { d, c } = headShape(this.#problem)
    this.#curving ??= await this.#runtime.load(curveGraph(this.#problem))
    const [thetaTensor, vTensor] = [this.#tensor(theta, 'float32'), this.#tensor(v, 'float32')]
    const product = new Float64Array(v.length)
    for await (const { matrix } of features.blocks(blockRows(d + 3 * c))) {
      const inputs = { features: matrixTensor(matrix), theta: thetaTensor, v: vTensor }
      addSum(product, await this.#curving.run(inputs, this.#sumNames()), d, c)
    }
    this.#regularise(product, v)
    return product
  }

  async release(): Promise<void> {
    await this.#session.release()
    await this.#curving?.release()
  }

  #sumNames(): string[] {
    return this.#problem.bias === 'none' ? ['transposed'] : ['transposed', 'constant']
  }

  #tensor(theta: Float64Array, precision: Precision): Tensor {
    const { c } = headShape(this.#problem)
    const data = precision === 'float32' ? new Float32Array(theta) : theta
    return matrixTensor({ rows: theta.length / c, cols: c, data })
  }

  /** sum/n + 2λΘ, in place of the sum. */
  #regularise(sum: Float64Array, theta: Float64Array): void {
    const { features, lambda } = this.#problem
    const regularised = regularisedLength(this.#problem)
    for (let i = 0; i < sum.length; i++) sum[i] /= features.rows
    for (let i = 0; i < regularised; i++) sum[i] += 2 * lambda * theta[i]
  }
}

/** How many numbers of Θ, row-major, the regulariser takes: all but those of a free bias. */
function regularisedLength({ features, targets, bias }: Problem): number {
  return (bias === 'regularised' ? features.cols + 1 : features.cols) * targets.cols
}

/** Σ over the rows of a block: the losses, and what the gradient is made of. */
function objectiveGraph(problem: Problem, precision: Precision): Uint8Array {
  const g = new GraphBuilder('objective')
  const features = featuresInput(g, problem.features, precision)
  const targets = g.cast(g.input('targets', 'float32', ['rows', problem.targets.cols]), precision)
  const phi = product(g, features, 'theta', problem)
  const { values, residual } = lossOf(problem.activation).build(g, phi, targets)
  g.output('values', g.columnSums(values))
  outputSum(g, residual, features, problem)
  return g.build()
}

/** Σ over the rows of a block: what the product of the Hessian with V is made of. */
function curveGraph(problem: Problem): Uint8Array {
  const g = new GraphBuilder('curve')
  const features = featuresInput(g, problem.features, 'float32')
  const phi = product(g, features, 'theta', problem)
  const moved = lossOf(problem.activation).curve(g, phi, product(g, features, 'v', problem))
  outputSum(g, moved, features, problem)
  return g.build()
}

/** F̃ M for an input M [d (+1), c] */
function product(g: GraphBuilder, features: Value, name: string, problem: Problem): Value {
  const shape = headShape(problem)
  const matrix = g.input(name, features.type, [shapeRows(shape), shape.c])
  return linear(g, features, matrix, shape)
}

/**
 * AᵀF [c, d] of a block and, with a constant feature, Aᵀ1. This way round the product is a quarter faster where
 * outputs are few.
 */
function outputSum(g: GraphBuilder, a: Value, features: Value, problem: Problem): void {
  g.output('transposed', g.op('Gemm', [a, features], { transA: 1 }))
  if (headShape(problem).constant) g.output('constant', g.columnSums(a))
}

/** Adds F̃ᵀA of a block [d (+1), c]. */
function addSum(total: Float64Array, sum: Record<string, Tensor>, d: number, c: number): void {
  const transposed = sum.transposed.data as FloatArray
  for (let j = 0; j < c; j++) for (let a = 0; a < d; a++) total[a * c + j] += transposed[j * d + a]
  if (!sum.constant) return
  const constant = sum.constant.data as FloatArray
  for (let j = 0; j < c; j++) total[d * c + j] += constant[j]
}
