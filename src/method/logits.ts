import type { Matrix } from '../math/matrix.ts'
import type { FeatureRows } from '../math/rows.ts'
import { GraphBuilder } from '../onnx/builder.ts'
import { matrixTensor, type Runtime, withSession } from '../runtime/runtime.ts'
import { blockRows } from './blocks.ts'
import { featuresInput, type HeadShape, linear, shapeRows } from './head-graph.ts'

/** Calls `visit` with F̃Θ, for Θ [d (+1), c], in double precision, block by block. */
export async function eachLogits(
  runtime: Runtime,
  { features, theta }: { features: FeatureRows; theta: Matrix<Float64Array> },
  visit: (start: number, logits: Matrix<Float64Array>) => void,
): Promise<void> {
  const shape: HeadShape = { d: features.cols, c: theta.cols, constant: theta.rows > features.cols }
  const g = new GraphBuilder('logits')
  const thetaInput = g.input('theta', 'float64', [shapeRows(shape), shape.c])
  g.output('logits', linear(g, featuresInput(g, features, 'float64'), thetaInput, shape))

  await withSession(runtime, g.build(), async session => {
    for await (const { start, matrix } of features.blocks(blockRows(shape.d + shape.c))) {
      const inputs = { features: matrixTensor(matrix), theta: matrixTensor(theta) }
      const { logits } = await session.run(inputs, ['logits'])
      visit(start, { rows: matrix.rows, cols: shape.c, data: logits.data as Float64Array })
    }
  })
}
