import { widened } from '../../math/float16.ts'
import { type Matrix, rowOf, zeros } from '../../math/matrix.ts'
import type { FeatureRows } from '../../math/rows.ts'
import type { GraphBuilder, Value } from '../../onnx/builder.ts'
import { blockRows } from './blocks.ts'
import { type Bias, featuresInput, type HeadShape, type Precision, shapeRows } from './head-graph.ts'

export type KernelChoice = 'plain' | 'centred'

/**
 * What similarity is, and so what representer values add up to (method.md §8):
 *
 *   Φ_j(t) = Σᵢ αᵢⱼ k(fᵢ, fₜ) + own_j,   k(f, g) = q(f)ᵀ q(g)
 *
 *   bias           kernel     q(f)       own_j
 *   regularised    plain      [f, 1]     0
 *   none           plain      f          0
 *   free           plain      f          b_j
 *   free           centred    f − μ      b_j + Θ_jᵀμ
 */
export interface Kernel {
  readonly d: number
  /** The constant feature 1 is part of q. */
  readonly constant: boolean
  /** μ [d]; null where q is not centred */
  readonly mean: Float64Array | null
}

/** @param mean of the training features [d], for a centred kernel, which needs a free bias */
export function kernelOf(bias: Bias, d: number, mean: Float64Array | null = null): Kernel {
  return { d, constant: bias === 'regularised', mean }
}

/** Sizes of a matrix that q is multiplied with. */
export const kernelShape = ({ d, constant }: Kernel, c: number): HeadShape => ({ d, c, constant })

/** The length of q. */
export const kernelRows = (kernel: Kernel): number => shapeRows(kernel)

/** Writes q(f) into `out`. */
export function writeQuery({ mean }: Kernel, features: ArrayLike<number>, out: Float64Array): void {
  out.fill(1)
  out.set(features)
  if (mean) for (let a = 0; a < mean.length; a++) out[a] -= mean[a]
}

/** q without its constant feature, of a block of features. */
export function kernelFeatures(
  g: GraphBuilder,
  rows: Pick<FeatureRows, 'cols' | 'dtype'>,
  kernel: Kernel,
  precision: Precision = 'float64',
): Value {
  if (!kernel.mean) return featuresInput(g, rows, precision)
  // Centred before it is rounded.
  return g.cast(g.op('Sub', [featuresInput(g, rows, 'float64'), g.vector(kernel.mean)]), precision)
}

/** The weight of Θ [d (+1), c] that q is multiplied with, and the term of each output beside the sum [c]. */
export function kernelHead(
  theta: Matrix<Float64Array>,
  kernel: Kernel,
): { weight: Matrix<Float64Array>; own: Float64Array } {
  const { cols: c } = theta
  const rows = kernelRows(kernel)
  const own = new Float64Array(c)
  if (rows === theta.rows) return { weight: theta, own }
  const weight = { rows, cols: c, data: theta.data.subarray(0, rows * c) }
  own.set(rowOf(theta, rows))
  if (kernel.mean) {
    for (let a = 0; a < rows; a++) for (let j = 0; j < c; j++) own[j] += kernel.mean[a] * rowOf(weight, a)[j]
  }
  return { weight, own }
}

/** M [rows of q, c] as a matrix with as many rows as Θ: its product with f̃ is Mᵀq(f). */
export function asTheta(matrix: Matrix<Float64Array>, kernel: Kernel, rows: number): Matrix<Float64Array> {
  if (matrix.rows === rows) return matrix
  const { cols: c } = matrix
  const out = zeros(rows, c)
  out.data.set(matrix.data)
  if (kernel.mean) {
    for (let a = 0; a < matrix.rows; a++) {
      for (let j = 0; j < c; j++) out.data[matrix.rows * c + j] -= kernel.mean[a] * matrix.data[a * c + j]
    }
  }
  return out
}

/** μ [d], the mean of the features, in double precision. */
export async function meanFeatures(features: FeatureRows): Promise<Float64Array> {
  const mean = new Float64Array(features.cols)
  for await (const { matrix } of features.blocks(blockRows(features.cols))) {
    const block = widened(matrix)
    for (let i = 0; i < block.rows; i++) {
      const row = rowOf(block, i)
      for (let a = 0; a < row.length; a++) mean[a] += row[a]
    }
  }
  return mean.map(sum => sum / features.rows)
}
