import type { Matrix } from '../../math/matrix.ts'
import type { FeatureRows, Rows } from '../../math/rows.ts'
import { GraphBuilder } from '../../onnx/builder.ts'
import { matrixTensor, type Runtime, withSession } from '../../runtime/runtime.ts'
import { blockRows, blocksBeside } from './blocks.ts'
import { featuresInput, type HeadShape, linear, shapeRows } from './head-graph.ts'

/**
 * Calls `visit` with F̃Θ, for Θ [d (+1), c], in double precision, block by block, and with the same rows of a matrix
 * that stands beside, if one does.
 */
export async function eachLogits(
  runtime: Runtime,
  {
    features,
    theta,
    beside = null,
  }: { features: FeatureRows; theta: Matrix<Float64Array>; beside?: Rows | null },
  visit: (start: number, logits: Matrix<Float64Array>, beside: Matrix<Float32Array> | null) => void,
): Promise<void> {
  const shape: HeadShape = { d: features.cols, c: theta.cols, constant: theta.rows > features.cols }
  const g = new GraphBuilder('logits')
  const thetaInput = g.input('theta', 'float64', [shapeRows(shape), shape.c])
  g.output('logits', linear(g, featuresInput(g, features, 'float64'), thetaInput, shape))

  await withSession(runtime, g.build(), async session => {
    for await (const { start, a, b } of blocksBeside(features, beside, blockRows(shape.d + shape.c))) {
      const inputs = { features: matrixTensor(a), theta: matrixTensor(theta) }
      const { logits } = await session.run(inputs, ['logits'])
      visit(start, { rows: a.rows, cols: shape.c, data: logits.data as Float64Array }, b)
    }
  })
}
