import type { Matrix } from '../../math/matrix.ts'
import type { FeatureRows } from '../../math/rows.ts'
import { GraphBuilder } from '../../onnx/builder.ts'
import { matrixTensor, type Runtime } from '../../runtime/runtime.ts'
import { blockRows } from '../head/blocks.ts'
import { linear, type Precision } from '../head/head-graph.ts'
import { type Kernel, kernelFeatures, kernelRows, kernelShape } from '../head/kernel.ts'

/** Measures completeness gaps over a set of examples. */
export interface GapMeter {
  /**
   * max over examples t and outputs j of |q(fₜ)ᵀ Mⱼ|, in logits, for M [rows of q, c]. With M = R it is the
   * completeness gap of what is stored (method.md §8).
   */
  largest(matrix: Matrix<Float64Array>): Promise<number>
  release(): Promise<void>
}

export async function gapMeter(
  runtime: Runtime,
  features: FeatureRows,
  kernel: Kernel,
  c: number,
  precision: Precision = 'float64',
): Promise<GapMeter> {
  const session = await runtime.load(largestProductGraph(features, kernel, c, precision))
  return {
    async largest(matrix) {
      let largest = 0
      const data = precision === 'float32' ? new Float32Array(matrix.data) : matrix.data
      const tensor = matrixTensor({ ...matrix, data })
      for await (const { matrix: block } of features.blocks(blockRows(kernel.d + c))) {
        const inputs = { features: matrixTensor(block), matrix: tensor }
        const { largest: inBlock } = await session.run(inputs, ['largest'])
        largest = Math.max(largest, Number(inBlock.data[0]))
      }
      return largest
    },
    release: () => session.release(),
  }
}

function largestProductGraph(rows: FeatureRows, kernel: Kernel, c: number, precision: Precision): Uint8Array {
  const g = new GraphBuilder('largest-product')
  const features = kernelFeatures(g, rows, kernel, precision)
  const matrix = g.input('matrix', precision, [kernelRows(kernel), c])
  g.output('largest', g.max(g.op('Abs', [linear(g, features, matrix, kernelShape(kernel, c))]), 'all'))
  return g.build()
}
