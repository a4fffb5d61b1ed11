import type { Matrix } from '../../math/matrix.ts'
import { norm } from '../../math/matrix.ts'
import type { Rows } from '../../math/rows.ts'
import { matrixTensor } from '../../runtime/runtime.ts'
import { meanFeatures } from '../head/kernel.ts'
import { scaleBy } from '../head/primitives.ts'
import type { Problem } from '../head/problem.ts'
import { directionOf, extendedFeatures, type TestPoint } from './attribution.ts'
import type { Form } from './form.ts'
import { alongNodes, columnsTensor, kernelNodes, overSize, residualNodes, rowNormNodes } from './nodes.ts'

/** How αᵢⱼ and fᵢᵀfₜ are scaled. */
type Scaling = 'plain' | 'relative' | 'cosine'

/**
 * Representer values at the head Θ (Yeh et al. 2018, theorem 3.1), αᵢ = −δᵢ/2λn, with the constant 1 in f where
 * the bias is regularised:
 *
 *   plain       αᵢⱼ fᵢᵀfₜ                          in logits; with Θ the optimum they add up to Φ_j(t)
 *   relative    (αᵢⱼ/‖αᵢ‖) (fᵢᵀfₜ/‖fᵢ‖)            (method.md §9): large examples and large α count no more
 *   cosine      αᵢⱼ fᵢᵀfₜ/(‖fᵢ‖‖fₜ‖)               in units of α
 */
export function representerForm(problem: Problem, theta: Matrix<Float64Array>, scaling: Scaling): Form {
  const { features, targets, lambda, bias } = problem
  const { cols: d } = features
  const { cols: c } = targets
  const constant = bias === 'regularised'
  return {
    features,
    targets,
    width: 2,
    build(g, block) {
      const residual = residualNodes(g, block.features, block.targets(), problem)
      let weights = scaleBy(g, residual, -1 / (2 * lambda * features.rows))
      if (scaling === 'relative') weights = overSize(g, weights, rowNormNodes(g, weights))
      if (scaling !== 'plain') weights = overSize(g, weights, rowNormNodes(g, block.features, constant))
      return g.op('Mul', [kernelNodes(g, block.features, d, constant), alongNodes(g, weights, c)])
    },
    async feed(points) {
      return {
        theta: matrixTensor(theta),
        kernel: columnsTensor(
          points.map(point => {
            const f = extendedFeatures(point, constant)
            return scaling === 'cosine' ? toUnit(f) : f
          }),
        ),
        along: directions(points, c),
      }
    },
  }
}

/**
 * Values of the centred kernel: αᵢⱼ (fᵢ − μ)ᵀ(fₜ − μ), in logits. With a free bias they add up to the logit but for
 * b_j + Θ_jᵀμ (method.md §8); with another they do not add up to it.
 */
export async function centredForm(problem: Problem, theta: Matrix<Float64Array>): Promise<Form> {
  const plain = representerForm(problem, theta, 'plain')
  const mean = await meanFeatures(problem.features)
  const { features, targets, lambda } = problem
  return {
    ...plain,
    build(g, block) {
      const residual = residualNodes(g, block.features, block.targets(), problem)
      const weights = scaleBy(g, residual, -1 / (2 * lambda * features.rows))
      const centred = g.op('Sub', [block.features, g.vector(mean)])
      return g.op('Mul', [
        kernelNodes(g, centred, features.cols, false),
        alongNodes(g, weights, targets.cols),
      ])
    },
    async feed(points) {
      const kernel = points.map(point => extendedFeatures(point, false).map((x, a) => x - mean[a]))
      return {
        theta: matrixTensor(theta),
        kernel: columnsTensor(kernel),
        along: directions(points, targets.cols),
      }
    },
  }
}

/**
 * Representer values of a head that was not fitted for them: α of the given head against the labels, −δᵢ/2λn
 * (method.md §9). They do not add up to a logit.
 *
 * @param labels [n, c]
 */
export const noRefitForm = (problem: Problem, given: Matrix<Float64Array>, labels: Rows): Form =>
  representerForm({ ...problem, targets: labels }, given, 'plain')

const directions = (points: readonly TestPoint[], c: number) =>
  columnsTensor(points.map(point => directionOf(point, c)))

/** f / ‖f‖; zero where f is. */
export function toUnit(f: Float64Array): Float64Array {
  const size = norm(f)
  return size === 0 ? f : f.map(x => x / size)
}
