import type { Matrix } from '../../math/matrix.ts'
import type { Activation } from '../../onnx/activation.ts'
import type { Runtime } from '../../runtime/runtime.ts'
import { type HeadShape, shapeRows } from '../head/head-graph.ts'
import { lossOf } from '../head/loss.ts'
import { headShape, type Problem } from '../head/problem.ts'
import {
  makeDiagonal,
  makeGram,
  makeHessian,
  makeOutputs,
  type Preconditioner,
} from './preconditioner-forms.ts'
import { largestSample } from './sample.ts'

type Doubles = Matrix<Float64Array>

export type { Preconditioner } from './preconditioner-forms.ts'

/**
 * What P is, from the nearest to the Hessian to the cheapest. All are estimated at a Θ, over a sample of the
 * examples, and stand beside 2λI.
 *
 *   hessian    the Hessian, where outputs curve together, over a sample of those that curve most
 *   outputs    the Hessian of each output, where each is a problem of its own: F̃ᵀ diag(σ′(Φ_j)) F̃/n
 *   gram       s F̃ᵀF̃/n for all outputs, s the mean curvature of the loss
 *   diagonal   s (diag(variance) + μμᵀ) for all outputs: features of different sizes, and far from zero
 */
export type Form = 'hessian' | 'outputs' | 'gram' | 'diagonal'

/** A problem, and a sample of it. */
interface Given {
  readonly problem: Problem
  readonly sample: Problem
}

interface FormRule {
  /** Examples that estimate it */
  examples(shape: HeadShape): number
  /** Multiply-adds that make it of so many examples */
  operations(shape: HeadShape, examples: number): number
  /** Numbers that it keeps, and how many it may */
  numbers(shape: HeadShape): number
  readonly most: number
  /** Evaluations of the objective that it is expected to save against the next one */
  readonly saves: number
  make(runtime: Runtime, given: Given, theta: Doubles): Promise<Preconditioner | null>
}

const RULES: { readonly [K in Form]: FormRule } = {
  hessian: {
    examples: shape => Math.max(4096, 6 * shapeRows(shape) * shape.c),
    operations(shape, examples) {
      const size = shapeRows(shape) * shape.c
      return examples * size * (size + shapeRows(shape)) + 2 * size ** 3
    },
    numbers: shape => (shapeRows(shape) * shape.c) ** 2,
    most: 2 ** 22,
    saves: 20,
    make(runtime, { problem }, theta) {
      return makeHessian(runtime, problem, theta, this.examples(headShape(problem)))
    },
  },
  outputs: {
    examples: shape => Math.max(4096, 6 * shapeRows(shape)),
    operations: (shape, examples) => shape.c * (examples * shapeRows(shape) ** 2 + 2 * shapeRows(shape) ** 3),
    numbers: shape => shape.c * shapeRows(shape) ** 2,
    most: 2 ** 26,
    saves: 150,
    make: (runtime, { sample }, theta) => makeOutputs(runtime, sample, theta),
  },
  gram: {
    examples: shape => Math.max(8192, 8 * shapeRows(shape)),
    operations: (shape, examples) => examples * shapeRows(shape) ** 2 + 2 * shapeRows(shape) ** 3,
    numbers: shape => shapeRows(shape) ** 2,
    most: 2 ** 26,
    saves: 60,
    make: (runtime, { sample }, theta) => makeGram(runtime, sample, theta),
  },
  diagonal: {
    examples: () => 8192,
    operations: () => 0,
    numbers: () => 0,
    most: 0,
    saves: 0,
    make: (runtime, { sample }, theta) => makeDiagonal(runtime, sample, theta),
  },
}

/** Multiply-adds that are no matter, whatever they save: a tenth of a second or two. */
const NO_MATTER = 1e10

/** The nearest form to the Hessian that pays: it costs no more than the evaluations that it is expected to save. */
export function formOf(problem: Problem): Form {
  const shape = headShape(problem)
  const evaluation = 2 * problem.features.rows * shapeRows(shape) * shape.c
  const pays = (form: Form): boolean => {
    const { examples, operations, numbers, most, saves } = RULES[form]
    const count = Math.min(problem.features.rows, examples(shape), largestSample(problem))
    return numbers(shape) <= most && operations(shape, count) <= Math.max(NO_MATTER, saves * evaluation)
  }
  return candidates(problem.activation).find(pays) ?? 'diagonal'
}

function candidates(activation: Activation): readonly Form[] {
  // Numbers curve alike for all outputs and everywhere.
  if (activation === 'identity') return ['gram']
  return [lossOf(activation).isSeparate ? 'outputs' : 'hessian', 'gram']
}

/** How many examples estimate a form. */
export function examplesOf(form: Form, problem: Problem): number {
  return RULES[form].examples(headShape(problem))
}

/** Makes a form at Θ [d (+1), c]; the diagonal where numbers do not let it be made. */
export async function preconditioner(
  runtime: Runtime,
  form: Form,
  given: Given,
  theta: Doubles,
): Promise<Preconditioner> {
  return (await RULES[form].make(runtime, given, theta)) ?? (await makeDiagonal(runtime, given.sample, theta))
}
