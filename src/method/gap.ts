import type { Matrix } from '../math/matrix.ts'
import type { Rows } from '../math/rows.ts'
import { GraphBuilder } from '../onnx/builder.ts'
import { matrixTensor, type Runtime } from '../runtime/runtime.ts'
import { blockRows } from './blocks.ts'
import { featuresInput, type HeadShape, linear, thetaRows } from './head-graph.ts'

/** Measures completeness gaps over a set of examples. */
export interface GapMeter {
  /**
   * max over examples t and outputs j of |f̃ₜᵀ Mⱼ|, in logits, for M [d (+1), c]. With M = G / 2λ it is the
   * completeness gap at any Θ, with M = R the gap of what is stored (method.md §8).
   */
  largest(matrix: Matrix<Float64Array>): Promise<number>
  release(): Promise<void>
}

export async function gapMeter(runtime: Runtime, features: Rows, shape: HeadShape): Promise<GapMeter> {
  const session = await runtime.load(largestProductGraph(shape))
  return {
    async largest(matrix) {
      let largest = 0
      for await (const { matrix: block } of features.blocks(blockRows(shape.d + shape.c))) {
        const inputs = { features: matrixTensor(block), matrix: matrixTensor(matrix) }
        const { largest: inBlock } = await session.run(inputs, ['largest'])
        largest = Math.max(largest, Number(inBlock.data[0]))
      }
      return largest
    },
    release: () => session.release(),
  }
}

function largestProductGraph(shape: HeadShape): Uint8Array {
  const g = new GraphBuilder('largest-product')
  const features = featuresInput(g, shape, 'float64')
  const matrix = g.input('matrix', 'float64', [thetaRows(shape), shape.c])
  g.output('largest', g.max(g.op('Abs', [linear(g, features, matrix, shape)]), 'all'))
  return g.build()
}
