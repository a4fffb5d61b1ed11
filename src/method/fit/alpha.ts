import { type Matrix, rowOf, zeros } from '../../math/matrix.ts'
import type { FeatureRows, Rows } from '../../math/rows.ts'
import { GraphBuilder } from '../../onnx/builder.ts'
import { matrixTensor, type Runtime, withSession } from '../../runtime/runtime.ts'
import { blockRows, pairedBlocks } from '../head/blocks.ts'
import { featuresInput, linear, shapeRows, weightedSum } from '../head/head-graph.ts'
import { type Kernel, kernelFeatures, kernelHead, kernelRows } from '../head/kernel.ts'
import { lossOf } from '../head/loss.ts'
import { headShape, type Problem } from '../head/problem.ts'
import { blocksByClass } from './by-class.ts'

/** α and Φ of some rows, which begin at `start`. */
export interface AlphaBlock {
  readonly start: number
  readonly alpha: Matrix<Float32Array>
  readonly logits: Matrix<Float64Array>
}

/**
 * α = −(σ(Φ) − T) / 2λn  [n, c], block by block in one pass: computed in double precision, given in single as it
 * will be stored (Yeh et al. 2018, theorem 3.1).
 */
export async function* alphaBlocks(
  runtime: Runtime,
  problem: Problem,
  theta: Matrix<Float64Array>,
): AsyncGenerator<AlphaBlock> {
  const { features, targets, lambda } = problem
  const { d, c } = headShape(problem)
  const session = await runtime.load(alphaGraph(problem, -1 / (2 * lambda * features.rows)))
  try {
    for await (const { start, a, b } of pairedBlocks(features, targets, blockRows(d + 3 * c))) {
      const inputs = { features: matrixTensor(a), targets: matrixTensor(b), theta: matrixTensor(theta) }
      const { alpha, logits } = await session.run(inputs, ['alpha', 'logits'])
      const size = { rows: a.rows, cols: c }
      yield {
        start,
        alpha: { ...size, data: alpha.data as Float32Array },
        logits: { ...size, data: logits.data as Float64Array },
      }
    }
  } finally {
    await session.release()
  }
}

function alphaGraph(problem: Problem, scale: number): Uint8Array {
  const shape = headShape(problem)
  const g = new GraphBuilder('alpha')
  const features = featuresInput(g, problem.features, 'float64')
  const targets = g.cast(g.input('targets', 'float32', ['rows', shape.c]), 'float64')
  const theta = g.input('theta', 'float64', [shapeRows(shape), shape.c])
  const logits = linear(g, features, theta, shape)
  const residual = lossOf(problem.activation).residual(g, logits, targets, shape.c)
  g.output('logits', logits)
  g.output('alpha', g.cast(g.op('Mul', [residual, g.scalar(scale, 'float64')]), 'float32'))
  return g.build()
}

/**
 * Qᵀα taken apart by the class of the training examples, with qᵢ = q(fᵢ) of the kernel:
 *
 *   Θ⁽ʸ⁾ = Σ_{i of class y} qᵢ αᵢᵀ  [rows of q, c],   Σ_y Θ⁽ʸ⁾ = Qᵀα
 *
 * in double precision over the features and α as they are stored.
 */
export async function classWeights(
  runtime: Runtime,
  { features, alpha, kernel }: { features: FeatureRows; alpha: Rows; kernel: Kernel },
  classes: Int32Array,
  classCount: number,
): Promise<Matrix<Float64Array>> {
  const { cols: c } = alpha
  const size = kernelRows(kernel) * c
  const weights = zeros(classCount, size)
  const g = new GraphBuilder('weighted-sum')
  const alphaInput = g.cast(g.input('alpha', 'float32', ['rows', c]), 'float64')
  g.output('sum', weightedSum(g, kernelFeatures(g, features, kernel), alphaInput, kernel))

  await withSession(runtime, g.build(), async session => {
    for await (const { of, ...block } of blocksByClass(features, alpha, classes, classCount)) {
      const inputs = { features: matrixTensor(block.features), alpha: matrixTensor(block.alpha) }
      const sum = (await session.run(inputs, ['sum'])).sum.data as Float64Array
      const total = rowOf(weights, of)
      for (let i = 0; i < size; i++) total[i] += sum[i]
    }
  })
  return weights
}

/** R = Θ − Σ_y Θ⁽ʸ⁾ = Θ − Qᵀα  [rows of q, c]: what no training example accounts for. */
export function residualOf(
  theta: Matrix<Float64Array>,
  weightsByClass: Matrix<Float64Array>,
  kernel: Kernel,
): Matrix<Float64Array> {
  const { weight } = kernelHead(theta, kernel)
  const data = weight.data.slice()
  for (let y = 0; y < weightsByClass.rows; y++) {
    const weights = rowOf(weightsByClass, y)
    for (let i = 0; i < data.length; i++) data[i] -= weights[i]
  }
  return { rows: weight.rows, cols: weight.cols, data }
}
