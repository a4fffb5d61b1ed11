import { type Matrix, rowOf, zeros } from '../../math/matrix.ts'
import type { GraphBuilder, Value } from '../../onnx/builder.ts'
import { matrixTensor, type Tensor } from '../../runtime/runtime.ts'
import { linear, shapeRows } from '../head/head-graph.ts'
import { lossOf } from '../head/loss.ts'
import { headShape, type Problem } from '../head/problem.ts'

/** δ = σ(F̃Θ) − T of a block [rows, c], of a Θ that the graph is fed as `name`. */
export function residualNodes(
  g: GraphBuilder,
  features: Value,
  targets: Value,
  problem: Problem,
  name = 'theta',
): Value {
  const shape = headShape(problem)
  const phi = linear(g, features, g.input(name, 'float64', [shapeRows(shape), shape.c]), shape)
  return lossOf(problem.activation).residual(g, phi, targets, shape.c)
}

/** ‖x‖ of each row, and of the constant feature with it [rows, 1] */
export function rowNormNodes(g: GraphBuilder, x: Value, constant = false): Value {
  const squares = g.sum(g.op('Mul', [x, x]), 1)
  return g.op('Sqrt', [constant ? g.op('Add', [squares, g.scalar(1, 'float64')]) : squares])
}

/** Below every norm that is not zero */
const TINY = 1e-300

/** x / size, and 0 where the size is. */
export function overSize(g: GraphBuilder, x: Value, size: Value): Value {
  const divided = g.op('Div', [x, g.op('Max', [size, g.scalar(TINY, 'float64')])])
  return g.op('Mul', [divided, g.op('Sign', [size])])
}

/** F̃ᵢᵀu of every point's u, which the graph is fed as `kernel` [d (+1), points]. */
export function kernelNodes(g: GraphBuilder, features: Value, d: number, constant: boolean): Value {
  const u = g.input('kernel', 'float64', [shapeRows({ d, constant }), 'points'])
  return linear(g, features, u, { d, c: 1, constant })
}

/** wᵢᵀv of every point's v, which the graph is fed as `along` [width, points]. */
export function alongNodes(g: GraphBuilder, weights: Value, width: number): Value {
  return g.op('Gemm', [weights, g.input('along', 'float64', [width, 'points'])])
}

/** Vectors of the points as the columns of a matrix. */
export function columnsTensor(vectors: readonly Float64Array[]): Tensor {
  const out = zeros(vectors[0].length, vectors.length)
  for (const [t, v] of vectors.entries()) {
    for (let a = 0; a < v.length; a++) out.data[a * out.cols + t] = v[a]
  }
  return matrixTensor(out)
}

/** δ of one test point at Θ: σ(Φ) − T without cancellation, as the training examples' (method.md §8). */
export function testResidual(
  problem: Problem,
  theta: Matrix<Float64Array>,
  extended: Float64Array,
  target: ArrayLike<number> | undefined,
): Float64Array {
  const { activate } = lossOf(problem.activation)
  const phi = new Float64Array(theta.cols)
  for (let a = 0; a < theta.rows; a++) {
    const row = rowOf(theta, a)
    for (let j = 0; j < phi.length; j++) phi[j] += extended[a] * row[j]
  }
  activate(phi)
  const wanted = target ?? predictedTarget(problem, phi)
  const delta = phi.map((p, j) => p - wanted[j])
  if (problem.activation !== 'softmax') return delta
  let top = 0
  for (let j = 1; j < delta.length; j++) if (wanted[j] > wanted[top]) top = j
  delta[top] = 0
  delta[top] = -delta.reduce((sum, x) => sum + x, 0)
  return delta
}

/** What a head predicts, as a target: one class under softmax, yes or no under sigmoid, else σ(Φ) itself. */
function predictedTarget({ activation }: Problem, sigma: Float64Array): Float64Array {
  if (activation === 'softmax') {
    const top = sigma.indexOf(sigma.reduce((most, p) => Math.max(most, p)))
    return sigma.map((_, j) => Number(j === top))
  }
  return activation === 'sigmoid' ? sigma.map(p => Number(p > 0.5)) : sigma.slice()
}
