import type { Matrix } from '../../math/matrix.ts'
import type { GraphBuilder, Value } from '../../onnx/builder.ts'
import { matrixTensor, type Tensor } from '../../runtime/runtime.ts'
import type { InverseHessian } from '../curvature/inverse-hessian.ts'
import { linear } from '../head/head-graph.ts'
import { scaleBy } from '../head/primitives.ts'
import { headShape, type Problem } from '../head/problem.ts'
import { directionOf, extendedFeatures, type TestPoint } from './attribution.ts'
import type { BlockNodes, Form } from './form.ts'
import { residualNodes, testResidual } from './nodes.ts'

/** The derivative of what is explained of a test point, in Θ [d (+1), c], is f̃ₜ ⊗ this [c]. */
type Explained = (point: TestPoint, extended: Float64Array) => Float64Array

/**
 * Influence of a training example on an output of a test point (Koh & Liang 2017 at the head; method.md §6):
 *
 *   −1/n [H⁻¹gᵢ]_jᵀ f̃ₜ,   gᵢ = f̃ᵢδᵢᵀ
 *
 * in logits: what the output would lose without the example, to first order. H⁻¹ may be the exact one or EK-FAC's.
 * One solve a test point, then a product with F̃.
 */
export function influenceForm(problem: Problem, theta: Matrix<Float64Array>, inverse: InverseHessian): Form {
  const { c } = headShape(problem)
  return solvedForm(problem, theta, inverse, -1, point => directionOf(point, c))
}

/**
 * Influence on the loss of a test point (Koh & Liang 2017): 1/n ∇L(t)ᵀH⁻¹gᵢ, what its loss would gain without the
 * example, to first order. It is −1/n times their I(i, t), so that an example that speaks for the point's target is
 * positive here too. The target is the point's, else what the head predicts.
 */
export function influenceLossForm(
  problem: Problem,
  theta: Matrix<Float64Array>,
  inverse: InverseHessian,
): Form {
  return solvedForm(problem, theta, inverse, 1, ({ target }, extended) =>
    testResidual(problem, theta, extended, target),
  )
}

/**
 * Influence with the leverage correction (method.md §9): with δ̃ᵢ = (I − SᵢAᵢ)⁻¹δᵢ in place of δᵢ it is a whole
 * Newton step of the objective without the example, not its first order.
 *
 * @param corrected δ̃ [n, c]
 */
export function correctedForm(
  problem: Problem,
  theta: Matrix<Float64Array>,
  inverse: InverseHessian,
  corrected: Matrix<Float64Array>,
): Form {
  const form = influenceForm(problem, theta, inverse)
  const { c } = headShape(problem)
  return {
    features: form.features,
    width: form.width,
    build: (g, block) => solvedNodes(g, block, g.input('corrected', 'float64', ['rows', c]), problem, -1),
    async feed(points) {
      const { solved } = await form.feed(points)
      return { solved }
    },
    feedBlock(start, rows) {
      const data = corrected.data.subarray(start * c, (start + rows) * c)
      return { corrected: matrixTensor({ rows, cols: c, data }) }
    },
    release: () => inverse.release(),
  }
}

function solvedForm(
  problem: Problem,
  theta: Matrix<Float64Array>,
  inverse: InverseHessian,
  sign: 1 | -1,
  explained: Explained,
): Form {
  const { features, targets } = problem
  const { c, constant } = headShape(problem)
  return {
    features,
    targets,
    width: c,
    build: (g, block) =>
      solvedNodes(g, block, residualNodes(g, block.features, block.targets(), problem), problem, sign),
    async feed(points) {
      const sides = points.map(point => {
        const extended = extendedFeatures(point, constant)
        return outer(extended, explained(point, extended))
      })
      return { theta: matrixTensor(theta), solved: beside(await inverse.solve(sides), c) }
    },
    release: () => inverse.release(),
  }
}

/** ± 1/n δᵢᵀ(Vₜᵀf̃ᵢ), of the V [d (+1), points · c] that the graph is fed as `solved`. */
function solvedNodes(
  g: GraphBuilder,
  { features }: BlockNodes,
  residual: Value,
  problem: Problem,
  sign: 1 | -1,
): Value {
  const { d, c, constant } = headShape(problem)
  const solved = g.input('solved', 'float64', [d + Number(constant), 'sides'])
  const product = g.op('Reshape', [linear(g, features, solved, { d, c, constant }), g.integers([0, -1, c])])
  const weights = g.op('Reshape', [residual, g.integers([0, 1, c])])
  const sums = g.op('Reshape', [g.sum(g.op('Mul', [product, weights]), 2), g.integers([0, -1])])
  return scaleBy(g, sums, sign / problem.features.rows)
}

/** f ⊗ v [d (+1), c], row-major */
function outer(f: Float64Array, v: Float64Array): Float64Array {
  const out = new Float64Array(f.length * v.length)
  for (let a = 0; a < f.length; a++) for (let j = 0; j < v.length; j++) out[a * v.length + j] = f[a] * v[j]
  return out
}

/** Matrices [d (+1), c] beside each other. */
function beside(matrices: readonly Float64Array[], c: number): Tensor {
  const rows = matrices[0].length / c
  const cols = matrices.length * c
  const data = new Float64Array(rows * cols)
  for (const [t, matrix] of matrices.entries()) {
    for (let a = 0; a < rows; a++) data.set(matrix.subarray(a * c, (a + 1) * c), a * cols + t * c)
  }
  return matrixTensor({ rows, cols, data })
}
