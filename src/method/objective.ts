import type { Evaluation } from '../math/line-search.ts'
import type { FeatureRows, Rows } from '../math/rows.ts'
import type { Activation } from '../onnx/activation.ts'
import { GraphBuilder } from '../onnx/builder.ts'
import { matrixTensor, type Runtime, type Session } from '../runtime/runtime.ts'
import { blockRows, pairedBlocks } from './blocks.ts'
import {
  type Bias,
  featuresInput,
  type HeadShape,
  linear,
  type Precision,
  shapeRows,
  weightedSum,
} from './head-graph.ts'
import { lossOf } from './loss.ts'

/** What is minimised: everything but Θ. */
export interface Problem {
  /** [n, d], without the constant feature of the bias */
  readonly features: FeatureRows
  /** [n, c] */
  readonly targets: Rows
  readonly activation: Activation
  readonly lambda: number
  readonly bias: Bias
}

/** The size of Θ [d (+1), c]. */
export function headShape({ features, targets, bias }: Problem): HeadShape {
  return { d: features.cols, c: targets.cols, constant: bias !== 'none' }
}

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
  readonly #problem: Problem
  readonly #session: Session
  readonly #precision: Precision

  private constructor(problem: Problem, session: Session, precision: Precision) {
    this.#problem = problem
    this.#session = session
    this.#precision = precision
  }

  static async create(runtime: Runtime, problem: Problem, precision: Precision): Promise<Objective> {
    const session = await runtime.load(objectiveGraph(problem, precision))
    return new Objective(problem, session, precision)
  }

  /** f and G at Θ [d (+1), c], row-major. */
  async evaluate(theta: Float64Array): Promise<Evaluation> {
    const { features, targets, lambda } = this.#problem
    const { c } = headShape(this.#problem)
    const thetaTensor = matrixTensor({
      rows: theta.length / c,
      cols: c,
      data: this.#precision === 'float32' ? Float32Array.from(theta) : theta,
    })
    let loss = 0
    const gradient = new Float64Array(theta.length)
    for await (const { a, b } of pairedBlocks(features, targets, blockRows(features.cols + 3 * c))) {
      const answer = await this.#session.run(
        { features: matrixTensor(a), targets: matrixTensor(b), theta: thetaTensor },
        ['value', 'gradient'],
      )
      const blockGradient = answer.gradient.data as Float64Array
      loss += Number(answer.value.data[0])
      for (let i = 0; i < gradient.length; i++) gradient[i] += blockGradient[i]
    }
    let penalty = 0
    const regularised = regularisedLength(this.#problem)
    for (let i = 0; i < theta.length; i++) gradient[i] /= features.rows
    for (let i = 0; i < regularised; i++) {
      gradient[i] += 2 * lambda * theta[i]
      penalty += theta[i] * theta[i]
    }
    return { value: loss / features.rows + lambda * penalty, gradient }
  }

  release(): Promise<void> {
    return this.#session.release()
  }
}

/** How many numbers of Θ, row-major, the regulariser takes: all but those of a free bias. */
export function regularisedLength({ features, targets, bias }: Problem): number {
  return (bias === 'regularised' ? features.cols + 1 : features.cols) * targets.cols
}

/** Σ over the rows of a block: the losses, and F̃ᵀ(σ(Φ) − T). */
function objectiveGraph(problem: Problem, precision: Precision): Uint8Array {
  const shape = headShape(problem)
  const g = new GraphBuilder('objective')
  const features = featuresInput(g, problem.features, precision)
  const targets = g.cast(g.input('targets', 'float32', ['rows', shape.c]), precision)
  const theta = g.input('theta', precision, [shapeRows(shape), shape.c])
  const { value, residual } = lossOf(problem.activation).build(
    g,
    linear(g, features, theta, shape),
    targets,
    shape.c,
  )
  g.output('value', value)
  g.output('gradient', weightedSum(g, features, residual, shape))
  return g.build()
}
