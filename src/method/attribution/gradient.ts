import type { Matrix } from '../../math/matrix.ts'
import { matrixTensor, type Tensor } from '../../runtime/runtime.ts'
import { headShape, type Problem } from '../head/problem.ts'
import { extendedFeatures } from './attribution.ts'
import type { Form } from './form.ts'
import {
  alongNodes,
  columnsTensor,
  kernelNodes,
  overSize,
  residualNodes,
  rowNormNodes,
  testResidual,
} from './nodes.ts'
import { toUnit } from './representer.ts'

/** The head after some of its training. */
export interface Checkpoint {
  /** Θ [d (+1), c] */
  readonly theta: Matrix<Float64Array>
  /** η, the learning rate there */
  readonly rate: number
}

/**
 * How alike the gradients of the loss are at a training example and a test point, with the constant 1 in f̃ where
 * there is a bias (method.md §9):
 *
 *   grad-dot    ⟨δᵢ, δₜ⟩ f̃ᵢᵀf̃ₜ             (Charpiat et al. 2019)
 *   tracin      Σ over checkpoints of η ⟨δᵢ, δₜ⟩ f̃ᵢᵀf̃ₜ, last layer alone (Pruthi et al. 2020)
 *
 * Positive where a step that lowers the loss of the one lowers that of the other.
 */
export function tracInForm(problem: Problem, checkpoints: readonly Checkpoint[]): Form {
  const { features, targets } = problem
  const { d, c, constant } = headShape(problem)
  return {
    features,
    targets,
    width: 2,
    build(g, block) {
      const wanted = block.targets()
      const residuals = checkpoints.map((_, s) =>
        residualNodes(g, block.features, wanted, problem, `theta${s}`),
      )
      const weights = residuals.length === 1 ? residuals[0] : g.op('Concat', residuals, { axis: 1 })
      return g.op('Mul', [
        kernelNodes(g, block.features, d, constant),
        alongNodes(g, weights, checkpoints.length * c),
      ])
    },
    async feed(points) {
      const thetas = checkpoints.map(({ theta }, s): [string, Tensor] => [`theta${s}`, matrixTensor(theta)])
      const kernel = points.map(point => extendedFeatures(point, constant))
      const along = points.map(({ target }, t) => {
        const parts = checkpoints.map(({ theta, rate }) =>
          testResidual(problem, theta, kernel[t], target).map(x => rate * x),
        )
        return Float64Array.from(parts.flatMap(part => [...part]))
      })
      return { ...Object.fromEntries(thetas), kernel: columnsTensor(kernel), along: columnsTensor(along) }
    },
  }
}

/** cos(δᵢ, δₜ) cos(f̃ᵢ, f̃ₜ), the cosine of the gradients of the loss (method.md §9); 0 where one of them is. */
export function gradCosForm(problem: Problem, theta: Matrix<Float64Array>): Form {
  const { features, targets } = problem
  const { d, c, constant } = headShape(problem)
  return {
    features,
    targets,
    width: 2,
    build(g, block) {
      const residual = residualNodes(g, block.features, block.targets(), problem)
      const direction = overSize(g, residual, rowNormNodes(g, residual))
      const cosine = overSize(
        g,
        kernelNodes(g, block.features, d, constant),
        rowNormNodes(g, block.features, constant),
      )
      return g.op('Mul', [cosine, alongNodes(g, direction, c)])
    },
    async feed(points) {
      const extended = points.map(point => extendedFeatures(point, constant))
      const residuals = points.map(({ target }, t) => testResidual(problem, theta, extended[t], target))
      return {
        theta: matrixTensor(theta),
        kernel: columnsTensor(extended.map(toUnit)),
        along: columnsTensor(residuals.map(toUnit)),
      }
    },
  }
}
