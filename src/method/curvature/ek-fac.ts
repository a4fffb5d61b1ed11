import { type Matrix, rowOf, transpose, zeros } from '../../math/matrix.ts'
import { type Eigen, symmetricEigen } from '../../math/symmetric-eigen.ts'
import { GraphBuilder } from '../../onnx/builder.ts'
import { matrixTensor, type Runtime, withSession } from '../../runtime/runtime.ts'
import { blockRows } from '../head/blocks.ts'
import { featuresInput, linear, shapeRows } from '../head/head-graph.ts'
import { lossOf } from '../head/loss.ts'
import { headShape, type Problem } from '../head/problem.ts'
import { curvatureNodes, secondMoment } from './hessian.ts'
import type { InverseHessian } from './inverse-hessian.ts'
import { Products } from './products.ts'
import { type Stoppable, withPauses } from './stoppable.ts'

type Doubles = Matrix<Float64Array>

/**
 * What stands for H⁻¹ in EK-FAC (George et al. 2018, for a layer whose inputs are the features; method.md §9):
 *
 *   F̃ᵀF̃/n = Q_A L_A Q_Aᵀ,   1/n Σᵢ Sᵢ = Q_G L_G Q_Gᵀ,   Λ_ab = 1/n Σᵢ (q_aᵀf̃ᵢ)² (q_bᵀSᵢq_b)
 *
 * and V [d (+1), c] becomes Q_A ((Q_AᵀV Q_G) / (Λ + 2λ)) Q_Gᵀ. Exact where features and curvatures are
 * uncorrelated in that sense; a free bias gets 2λ like the rest.
 */
export async function ekFac(
  runtime: Runtime,
  problem: Problem,
  theta: Doubles,
  options: Stoppable = {},
): Promise<InverseHessian> {
  const { rows, cols: c } = theta
  const inputs = await featureDirections(runtime, problem, options)
  const outputs = await withPauses(
    symmetricEigen(await meanCurvature(runtime, problem, theta, options)),
    options,
  )
  const scales = await scalesOf(runtime, problem, theta, [inputs.vectors, outputs.vectors], options)
  const products = new Products(runtime)
  const damping = 2 * problem.lambda
  return {
    async solve(vectors) {
      const turned = await products.multiply({ a: inputs.vectors, b: beside(vectors, rows, c) })
      for (let a = 0; a < rows; a++) {
        for (let t = 0; t < vectors.length; t++) {
          divide(rowOf(turned, a).subarray(t * c, (t + 1) * c), rowOf(scales, a), outputs.vectors, damping)
        }
      }
      const back = await products.multiply({ a: inputs.vectors, b: turned, transA: true })
      return vectors.map((_, t) => part(back, t * c, c))
    },
    release: () => products.release(),
  }
}

/** Matrices [rows, c] beside each other. */
function beside(vectors: readonly Float64Array[], rows: number, c: number): Doubles {
  const out = zeros(rows, vectors.length * c)
  for (const [t, v] of vectors.entries()) {
    for (let a = 0; a < rows; a++) out.data.set(v.subarray(a * c, (a + 1) * c), a * out.cols + t * c)
  }
  return out
}

/** Columns `first` to `first + c` of a matrix, row-major. */
function part(matrix: Doubles, first: number, c: number): Float64Array {
  const out = new Float64Array(matrix.rows * c)
  for (let a = 0; a < matrix.rows; a++) out.set(rowOf(matrix, a).subarray(first, first + c), a * c)
  return out
}

/** One row of Q_AᵀV: times Q_G, divided, and times Q_Gᵀ, in place. */
function divide(row: Float64Array, scales: Float64Array, directions: Doubles, damping: number): void {
  const along = Float64Array.from({ length: row.length }, (_, b) => {
    const direction = rowOf(directions, b)
    let sum = 0
    for (let j = 0; j < row.length; j++) sum += direction[j] * row[j]
    return sum / (scales[b] + damping)
  })
  row.fill(0)
  for (let b = 0; b < along.length; b++) {
    const direction = rowOf(directions, b)
    for (let j = 0; j < row.length; j++) row[j] += along[b] * direction[j]
  }
}

async function featureDirections(runtime: Runtime, problem: Problem, options: Stoppable): Promise<Eigen> {
  const { constant } = headShape(problem)
  const moment = await secondMoment(runtime, problem.features, constant, 0, options)
  return withPauses(symmetricEigen(moment.whole()), options)
}

/** 1/n Σᵢ Sᵢ [c, c] */
async function meanCurvature(
  runtime: Runtime,
  problem: Problem,
  theta: Doubles,
  { signal }: Stoppable,
): Promise<Doubles> {
  const { features, activation } = problem
  const shape = headShape(problem)
  const { c } = shape
  const mean = zeros(c, c)
  const g = new GraphBuilder('mean-curvature')
  const thetaInput = g.input('theta', 'float64', [theta.rows, c])
  const p = curvatureNodes(g, linear(g, featuresInput(g, features, 'float64'), thetaInput, shape), problem)
  g.output('sums', g.columnSums(p))
  g.output('products', g.op('Gemm', [p, p], { transA: 1 }))
  const { isSeparate } = lossOf(activation)
  await withSession(runtime, g.build(), async session => {
    for await (const { matrix } of features.blocks(blockRows(shapeRows(shape)))) {
      signal?.throwIfAborted()
      const inputs = { features: matrixTensor(matrix), theta: matrixTensor(theta) }
      const { sums, products } = await session.run(inputs, ['sums', 'products'])
      for (let j = 0; j < c; j++) mean.data[j * c + j] += Number(sums.data[j])
      if (!isSeparate) for (let k = 0; k < c * c; k++) mean.data[k] -= Number(products.data[k])
    }
  })
  for (let k = 0; k < c * c; k++) mean.data[k] /= features.rows
  return mean
}

/** Λ [d (+1), c] along directions of the features and of the outputs, each a row. */
async function scalesOf(
  runtime: Runtime,
  problem: Problem,
  theta: Doubles,
  [inputs, outputs]: readonly [Doubles, Doubles],
  { signal }: Stoppable,
): Promise<Doubles> {
  const { features, activation } = problem
  const shape = headShape(problem)
  const { rows, cols: c } = theta
  const g = new GraphBuilder('ek-fac')
  const block = featuresInput(g, features, 'float64')
  const p = curvatureNodes(g, linear(g, block, g.input('theta', 'float64', [rows, c]), shape), problem)
  const turned = linear(g, block, g.input('inputs', 'float64', [rows, rows]), { ...shape, c: rows })
  const directions = g.input('outputs', 'float64', [c, c])
  // q_bᵀSᵢq_b
  let curved = g.op('Gemm', [p, g.op('Mul', [directions, directions])])
  if (!lossOf(activation).isSeparate) {
    const along = g.op('Gemm', [p, directions])
    curved = g.op('Sub', [curved, g.op('Mul', [along, along])])
  }
  g.output('sums', g.op('Gemm', [g.op('Mul', [turned, turned]), curved], { transA: 1 }))
  const scales = zeros(rows, c)
  await withSession(runtime, g.build(), async session => {
    const given = {
      theta: matrixTensor(theta),
      inputs: matrixTensor(transpose(inputs)),
      outputs: matrixTensor(transpose(outputs)),
    }
    for await (const { matrix } of features.blocks(blockRows(2 * rows))) {
      signal?.throwIfAborted()
      const { sums } = await session.run({ ...given, features: matrixTensor(matrix) }, ['sums'])
      for (let k = 0; k < scales.data.length; k++) scales.data[k] += Number(sums.data[k])
    }
  })
  for (let k = 0; k < scales.data.length; k++) scales.data[k] /= features.rows
  return scales
}
