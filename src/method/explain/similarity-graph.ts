import type { Matrix } from '../../math/matrix.ts'
import { GraphBuilder } from '../../onnx/builder.ts'
import { matrixTensor, type Runtime, type Session } from '../../runtime/runtime.ts'
import { featuresInput } from '../head/head-graph.ts'
import { type Kernel, kernelFeatures, kernelRows } from '../head/kernel.ts'

/** Relative to ‖qₜ‖ ‖qᵢ‖, what each of the terms of a product can be off: twice the rounding of a float32. */
const ROUNDING = 2 ** -23

/** What a term can be off where numbers are too small for float32: twice the smallest normal one. */
const UNDERFLOW = 2 ** -125

/** Similarities of many queries with a block of training examples, in single precision. */
export class SimilarityGraph {
  readonly #session: Session

  private constructor(session: Session) {
    this.#session = session
  }

  static async load(runtime: Runtime, kernel: Kernel): Promise<SimilarityGraph> {
    const g = new GraphBuilder('similarities')
    const rows = { cols: kernel.d, dtype: 'float32' } as const
    const queries = g.input('queries', 'float32', ['queries', kernel.d])
    // What is centred loses digits in single precision that ‖qᵢ‖ does not allow for.
    const features = kernel.mean
      ? g.cast(kernelFeatures(g, rows, kernel), 'float32')
      : featuresInput(g, rows, 'float32')
    const inputs = kernel.constant ? [queries, features, g.scalar(1, 'float32')] : [queries, features]
    g.output('similarities', g.op('Gemm', inputs, { transB: 1 }))
    return new SimilarityGraph(await runtime.load(g.build()))
  }

  /**
   * @param queries q without its constant feature [m, d]
   * @param features as they are stored [rows, d]
   * @returns [m, rows]
   */
  async run(queries: Matrix<Float32Array>, features: Matrix<Float32Array>): Promise<Float32Array> {
    const inputs = { queries: matrixTensor(queries), features: matrixTensor(features) }
    const { similarities } = await this.#session.run(inputs, ['similarities'])
    return similarities.data as Float32Array
  }

  release(): Promise<void> {
    return this.#session.release()
  }
}

/**
 * By how much a similarity can be off, and less than that: in whatever order its terms are added, each of its
 * L + 1 sums is rounded, and the three numbers that make a term. One beyond the range of float32 is infinite or
 * not a number.
 *
 * @param norm ‖qₜ‖
 * @param largestNorm ‖qᵢ‖ of any training example
 */
export function similarityMargin(kernel: Kernel, norm: number, largestNorm: number): number {
  const terms = kernelRows(kernel) + 4
  return terms * (ROUNDING * norm * largestNorm + UNDERFLOW * (1 + norm + largestNorm))
}
