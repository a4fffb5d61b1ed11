import type { FeatureRows } from '../../math/rows.ts'
import { GraphBuilder } from '../../onnx/builder.ts'
import { matrixTensor, type Runtime, withSession } from '../../runtime/runtime.ts'
import { blockRows } from './blocks.ts'
import { type Kernel, kernelFeatures } from './kernel.ts'

/** How large the examples are under a kernel. */
export interface RowNorms {
  /** ‖q(fᵢ)‖ [n] */
  readonly norms: Float64Array
  readonly largest: number
  /** No entry of any q(fᵢ) is negative. */
  readonly nonNegative: boolean
}

/** One pass over the features, in double precision. */
export async function rowNorms(runtime: Runtime, features: FeatureRows, kernel: Kernel): Promise<RowNorms> {
  const g = new GraphBuilder('row-norms')
  const q = kernelFeatures(g, features, kernel)
  g.output('squares', g.sum(g.op('Mul', [q, q]), 1))
  g.output('negated', g.max(g.op('Neg', [q]), 'all'))

  const norms = new Float64Array(features.rows)
  const own = Number(kernel.constant)
  let [largest, least] = [0, 0]
  await withSession(runtime, g.build(), async session => {
    for await (const { start, matrix } of features.blocks(blockRows(features.cols))) {
      const { squares, negated } = await session.run({ features: matrixTensor(matrix) }, [
        'squares',
        'negated',
      ])
      least = Math.min(least, -Number(negated.data[0]))
      const sums = squares.data as Float64Array
      for (let i = 0; i < matrix.rows; i++) {
        const norm = Math.sqrt(sums[i] + own)
        norms[start + i] = norm
        largest = Math.max(largest, norm)
      }
    }
  })
  return { norms, largest, nonNegative: least >= 0 }
}
