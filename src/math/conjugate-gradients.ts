import { dot, norm } from './matrix.ts'

/** What the solver wants to know. */
export type ProductRequest =
  /** A v */
  | { readonly curve: Float64Array }
  /** P⁻¹v, of a symmetric positive definite P near A */
  | { readonly precondition: Float64Array }

export interface ConjugateGradientsOptions {
  /** ‖b − A x‖ / ‖b‖ to stop at */
  readonly tolerance?: number
  readonly maxIterations?: number
}

export interface LinearSolution {
  readonly x: Float64Array
  readonly status: 'converged' | 'max-iterations'
  readonly iterations: number
}

/**
 * x with A x = b, of a symmetric positive definite A, by preconditioned conjugate gradients (Golub & Van Loan 2013,
 * algorithm 11.5.1). A generator, as `newtonCg`: it asks for products and is sent them.
 */
export function* conjugateGradients(
  b: Float64Array,
  { tolerance = 1e-8, maxIterations = 1000 }: ConjugateGradientsOptions = {},
): Generator<ProductRequest, LinearSolution, Float64Array> {
  const x = new Float64Array(b.length)
  const residual = b.slice()
  const enough = tolerance * norm(b)
  if (enough === 0) return { x, status: 'converged', iterations: 0 }
  let search = (yield { precondition: residual }).slice()
  let size = dot(residual, search)
  for (let iterations = 1; iterations <= maxIterations; iterations++) {
    const curved = yield { curve: search }
    const length = size / dot(search, curved)
    for (let i = 0; i < x.length; i++) {
      x[i] += length * search[i]
      residual[i] -= length * curved[i]
    }
    if (norm(residual) <= enough) return { x, status: 'converged', iterations }
    const z = yield { precondition: residual }
    const next = dot(residual, z)
    const turn = next / size
    search = search.map((s, i) => z[i] + turn * s)
    size = next
  }
  return { x, status: 'max-iterations', iterations: maxIterations }
}
