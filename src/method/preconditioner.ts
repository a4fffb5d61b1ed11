import { cholesky, choleskySolve, solveColumn } from '../math/cholesky.ts'
import { type Matrix, zeros } from '../math/matrix.ts'
import { type FeatureRows, memoryRows, type Rows } from '../math/rows.ts'
import { GraphBuilder } from '../onnx/builder.ts'
import { matrixTensor, type Runtime, type Session, withSession } from '../runtime/runtime.ts'
import { blockRows } from './blocks.ts'
import { featuresInput, shapeRows, weightedSum } from './head-graph.ts'
import { eachLogits } from './logits.ts'
import { lossOf } from './loss.ts'
import { headShape, type Problem, regularisedLength } from './objective.ts'

/** Above this many features the d³ of a factorisation costs more than the iterations that it saves. */
const MAX_FEATURES = 1024

/** Above this many numbers in the factors of all outputs (half a gigabyte) they share one. */
const MAX_FACTORS = 2 ** 26

/** g ↦ P⁻¹g for g [d (+1), c], row-major */
export type Precondition = (gradient: Float64Array) => Float64Array

/**
 * A P that is near the Hessian, to undo what makes the problem ill-conditioned, features of different sizes,
 * large means and correlations, and leave the optimum where it is. Where outputs curve together it is one for
 * all of them, P = s F̃ᵀF̃/n + 2λI with s a typical curvature of the loss, or the only one that it has, which
 * makes P the Hessian. Where each output is a problem of its own it is the Hessian at the start,
 * P_j = F̃ᵀ diag(σ′(Φ_j)) F̃/n + 2λI, over a sample of the examples: units of a hidden layer are active for few
 * examples and for different ones. A free bias goes without the 2λ. null where the head is too large for it to
 * pay.
 *
 * @param start Θ to start from [d (+1), c]; null where that is zero, at which all examples curve alike
 */
export async function featurePreconditioner(
  runtime: Runtime,
  problem: Problem,
  start: Matrix<Float64Array> | null,
): Promise<Precondition | null> {
  const { features, targets, activation } = problem
  if (features.cols > MAX_FEATURES) return null
  const { curvature, slope } = lossOf(activation)
  const rows = shapeRows(headShape(problem))
  return start && slope && targets.cols * rows ** 2 <= MAX_FACTORS
    ? forEachOutput(runtime, problem, start, x => slope(x) + LEAST_SHARE * curvature)
    : forAllOutputs(runtime, problem, curvature)
}

async function forAllOutputs(
  runtime: Runtime,
  problem: Problem,
  curvature: number,
): Promise<Precondition | null> {
  const gram = await withGram(runtime, problem.features, problem, gramOf => gramOf(() => 1))
  const factor = cholesky(hessianOf(gram, curvature / problem.features.rows, problem))
  return factor && (gradient => choleskySolve(factor, gradient))
}

/** A curvature of 0 at the start need not stay so: each example counts at least with this much of a typical one. */
const LEAST_SHARE = 1e-4

/** Examples for each feature, of which a Hessian is estimated. */
const SAMPLE = 20
const LEAST_SAMPLE = 2048

async function forEachOutput(
  runtime: Runtime,
  problem: Problem,
  start: Matrix<Float64Array>,
  weigh: (phi: number) => number,
): Promise<Precondition | null> {
  const { cols: c } = problem.targets
  const sample = await sampleOf(problem.features)
  const weights = zeros(sample.rows, c)
  await eachLogits(runtime, { features: sample, theta: start }, (at, logits) => {
    weights.data.set(logits.data.map(weigh), at * c)
  })
  const factors: Matrix<Float64Array>[] = []
  await withGram(runtime, sample, problem, async gramOf => {
    for (let j = 0; j < c; j++) {
      const gram = await gramOf(row => weights.data[row * c + j])
      const factor = cholesky(hessianOf(gram, 1 / sample.rows, problem))
      if (factor) factors.push(factor)
    }
  })
  if (factors.length < c) return null
  return gradient => {
    const out = gradient.slice()
    for (const [j, factor] of factors.entries()) solveColumn(factor, out, j, c)
    return out
  }
}

/** Enough examples for a covariance of their features, spread evenly over all. */
async function sampleOf(features: FeatureRows): Promise<Rows> {
  const count = Math.min(features.rows, Math.max(LEAST_SAMPLE, SAMPLE * features.cols))
  const rows = Array.from({ length: count }, (_, k) => Math.floor((k * features.rows) / count))
  return memoryRows(await features.fetch(rows))
}

/** s · gram + 2λI, without 2λ for a free bias. */
function hessianOf(gram: Matrix<Float64Array>, s: number, problem: Problem): Matrix<Float64Array> {
  const hessian = { ...gram, data: gram.data.map(x => s * x) }
  const regularised = regularisedLength(problem) / problem.targets.cols
  for (let a = 0; a < regularised; a++) hessian.data[a * hessian.cols + a] += 2 * problem.lambda
  return hessian
}

/** F̃ᵀ diag(w) F̃ [d (+1), d (+1)], w one number a row */
type GramOf = (weight: (row: number) => number) => Promise<Matrix<Float64Array>>

/** Hands on what makes Gram matrices: F̃ᵀ diag(w) F from the graph, and the constant feature's column, which mirrors its row. */
function withGram<T>(
  runtime: Runtime,
  rows: FeatureRows,
  problem: Problem,
  use: (gramOf: GramOf) => Promise<T>,
): Promise<T> {
  const shape = headShape(problem)
  const g = new GraphBuilder('gram-matrix')
  const features = featuresInput(g, rows, 'float32')
  const weighted = g.op('Mul', [features, g.input('weights', 'float32', ['rows', 1])])
  g.output('gram', weightedSum(g, features, weighted, shape))
  return withSession(runtime, g.build(), session =>
    use(weight => gramMatrix(session, rows, weight, shapeRows(shape))),
  )
}

async function gramMatrix(
  session: Session,
  features: FeatureRows,
  weight: (row: number) => number,
  rows: number,
): Promise<Matrix<Float64Array>> {
  const { cols: d } = features
  const total = zeros(rows, rows)
  let sum = 0
  for await (const { start, matrix } of features.blocks(blockRows(d))) {
    const weights = Float32Array.from({ length: matrix.rows }, (_, i) => weight(start + i))
    sum += weights.reduce((total, w) => total + w, 0)
    const inputs = {
      features: matrixTensor(matrix),
      weights: matrixTensor({ rows: matrix.rows, cols: 1, data: weights }),
    }
    const { gram } = await session.run(inputs, ['gram'])
    for (let a = 0; a < rows; a++) {
      for (let b = 0; b < d; b++) total.data[a * rows + b] += Number(gram.data[a * d + b])
    }
  }
  if (rows > d) {
    for (let a = 0; a < d; a++) total.data[a * rows + d] = total.data[d * rows + a]
    total.data[d * rows + d] = sum
  }
  return total
}
