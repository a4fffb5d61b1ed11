import { norm } from '../../math/matrix.ts'
import type { FeatureRows } from '../../math/rows.ts'
import { matrixTensor, type Runtime } from '../../runtime/runtime.ts'
import { CholeskyFactor } from '../curvature/cholesky-factor.ts'
import { secondMoment } from '../curvature/hessian.ts'
import { Products } from '../curvature/products.ts'
import type { Stoppable } from '../curvature/stoppable.ts'
import type { Problem } from '../head/problem.ts'
import { extendedFeatures } from './attribution.ts'
import type { Form } from './form.ts'
import { columnsTensor, kernelNodes, overSize, rowNormNodes } from './nodes.ts'
import { toUnit } from './representer.ts'

export type SimilarityName = 'cosine' | 'dot' | 'euclidean'

/**
 * How alike the features of a training example and a test point are, as they are, without the constant 1: their
 * cosine, which is 0 where one of them is zero, their inner product, or minus their euclidean distance. It knows
 * neither labels nor outputs, so its sign says nothing of the output.
 */
export function similarityForm(features: FeatureRows, name: SimilarityName): Form {
  const { cols: d } = features
  return {
    features,
    width: 1,
    build(g, block) {
      const product = kernelNodes(g, block.features, d, false)
      if (name === 'dot') return product
      const size = rowNormNodes(g, block.features)
      if (name === 'cosine') return overSize(g, product, size)
      // ‖f‖² + ‖g‖² − 2 fᵀg, which rounding may leave below 0 where they are the same.
      const squares = g.op('Add', [g.op('Mul', [size, size]), g.input('squares', 'float64', [1, 'points'])])
      const distance = g.op('Sub', [squares, g.op('Add', [product, product])])
      return g.op('Neg', [g.op('Sqrt', [g.op('Relu', [distance])])])
    },
    async feed(points) {
      const f = points.map(point => extendedFeatures(point, false))
      const kernel = columnsTensor(name === 'cosine' ? f.map(toUnit) : f)
      if (name !== 'euclidean') return { kernel }
      const data = Float64Array.from(f, x => norm(x) ** 2)
      return { kernel, squares: matrixTensor({ rows: 1, cols: points.length, data }) }
    },
  }
}

/**
 * The whitened kernel f̃ᵢᵀ(F̃ᵀF̃/n + εI)⁻¹f̃ₜ with ε = 2λ (method.md §9), with the constant 1 where the bias is
 * regularised: similarity in which directions that all examples share count less.
 */
export async function whitenedForm(
  runtime: Runtime,
  { features, bias, lambda }: Pick<Problem, 'features' | 'bias' | 'lambda'>,
  options: Stoppable = {},
): Promise<Form> {
  const constant = bias === 'regularised'
  const products = new Products(runtime)
  const moment = await secondMoment(runtime, features, constant, 2 * lambda, options)
  const factor = await CholeskyFactor.make(products, moment)
  if (!factor) throw new Error('F̃ᵀF̃/n + 2λI is not positive definite')
  return {
    features,
    width: 1,
    build: (g, block) => kernelNodes(g, block.features, features.cols, constant),
    async feed(points) {
      const sides = columnsTensor(points.map(point => extendedFeatures(point, constant)))
      const [rows, cols] = sides.dims
      return { kernel: matrixTensor(await factor.solve({ rows, cols, data: sides.data as Float64Array })) }
    },
    release: () => products.release(),
  }
}
