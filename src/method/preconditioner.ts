import { cholesky, choleskySolve } from '../math/cholesky.ts'
import { type Matrix, zeros } from '../math/matrix.ts'
import { GraphBuilder } from '../onnx/builder.ts'
import { matrixTensor, type Runtime, withSession } from '../runtime/runtime.ts'
import { blockRows } from './blocks.ts'
import { featuresInput, shapeRows, weightedSum } from './head-graph.ts'
import { lossOf } from './loss.ts'
import { headShape, type Problem, regularisedLength } from './objective.ts'

/** Above this many features the d³ of a factorisation costs more than the iterations that it saves. */
const MAX_FEATURES = 1024

/**
 * g ↦ P⁻¹g with P = s F̃ᵀF̃/n + 2λI for every output, s a typical curvature of the loss: what the Hessian
 * would be if all examples curved alike; a free bias goes without the 2λ. It undoes what makes the problem ill-conditioned, features of
 * different sizes, large means and correlations, and leaves the optimum where it is. null where the head
 * is too large for it to pay.
 */
export async function featurePreconditioner(
  runtime: Runtime,
  problem: Problem,
): Promise<((gradient: Float64Array) => Float64Array) | null> {
  const { features, activation, lambda } = problem
  if (features.cols > MAX_FEATURES) return null
  const hessian = await gramMatrix(runtime, problem)
  const scale = lossOf(activation).curvature / features.rows
  for (let k = 0; k < hessian.data.length; k++) hessian.data[k] *= scale
  const regularised = regularisedLength(problem) / problem.targets.cols
  for (let a = 0; a < regularised; a++) hessian.data[a * hessian.cols + a] += 2 * lambda
  const factor = cholesky(hessian)
  return factor && (gradient => choleskySolve(factor, gradient))
}

/** F̃ᵀF̃ [d (+1), d (+1)]: F̃ᵀF from the graph, and the column of the constant feature, which mirrors its row. */
async function gramMatrix(runtime: Runtime, problem: Problem): Promise<Matrix<Float64Array>> {
  const shape = headShape(problem)
  const { d } = shape
  const rows = shapeRows(shape)
  const g = new GraphBuilder('gram-matrix')
  const features = featuresInput(g, shape, 'float32')
  g.output('gram', weightedSum(g, features, features, shape))

  const total = zeros(rows, rows)
  await withSession(runtime, g.build(), async session => {
    for await (const { matrix } of problem.features.blocks(blockRows(d))) {
      const { gram } = await session.run({ features: matrixTensor(matrix) }, ['gram'])
      for (let a = 0; a < rows; a++) {
        for (let b = 0; b < d; b++) total.data[a * rows + b] += Number(gram.data[a * d + b])
      }
    }
  })
  if (rows > d) {
    for (let a = 0; a < d; a++) total.data[a * rows + d] = total.data[d * rows + a]
    total.data[d * rows + d] = problem.features.rows
  }
  return total
}
