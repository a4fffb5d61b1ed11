import { readFileSync } from 'node:fs'
import type { Evaluation } from '../../src/math/line-search.ts'
import { dot, norm } from '../../src/math/matrix.ts'
import { randomNormal } from '../../src/math/random.ts'

/** A convex function with its gradient, and where it is least. */
export interface ConvexProblem {
  readonly name: string
  readonly minimum: Float64Array
  evaluate(x: Float64Array): { value: number; gradient: Float64Array }
}

/** f(x) = xᵀAx / 2 − bᵀx */
function quadratic(
  name: string,
  a: readonly number[][],
  b: readonly number[],
  minimum: readonly number[],
): ConvexProblem {
  return {
    name,
    minimum: Float64Array.from(minimum),
    evaluate(x) {
      const ax = Float64Array.from(a, row => dot(row, x))
      return { value: dot(ax, x) / 2 - dot(b, x), gradient: ax.map((y, i) => y - b[i]) }
    },
  }
}

/** f(x) = Σᵢ log(1 + exp(−yᵢ aᵢᵀx)) / m + λ‖x‖² */
function logistic(
  name: string,
  a: readonly number[][],
  y: readonly number[],
  lambda: number,
  minimum: readonly number[],
): ConvexProblem {
  return {
    name,
    minimum: Float64Array.from(minimum),
    evaluate(x) {
      let value = lambda * dot(x, x)
      const gradient = x.map(xj => 2 * lambda * xj)
      a.forEach((row, i) => {
        const margin = y[i] * dot(row, x)
        value += (Math.max(-margin, 0) + Math.log1p(Math.exp(-Math.abs(margin)))) / a.length
        const weight = y[i] / (1 + Math.exp(margin)) / a.length
        row.forEach((aij, j) => {
          gradient[j] -= weight * aij
        })
      })
      return { value, gradient }
    },
  }
}

type Solved = { readonly name: string; readonly a: number[][]; readonly minimum: number[] } & (
  | { readonly kind: 'quadratic'; readonly b: number[] }
  | { readonly kind: 'logistic'; readonly y: number[]; readonly lambda: number }
)

/** The lines of a fixture. */
export function lines<T>(name: string): T[] {
  const text = readFileSync(new URL(`./fixtures/${name}`, import.meta.url), 'utf8')
  return text
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line) as T)
}

/** The problems that SciPy solved. */
export function solvedProblems(): ConvexProblem[] {
  return lines<Solved>('minima.jsonl').map(solved => {
    const name = `${solved.kind}, ${solved.name}`
    return solved.kind === 'quadratic'
      ? quadratic(name, solved.a, solved.b, solved.minimum)
      : logistic(name, solved.a, solved.y, solved.lambda, solved.minimum)
  })
}

/** A quadratic in n variables with eigenvalues from 1 to `condition`, its axes turned, and its minimum known. */
export function randomQuadratic(n: number, condition: number, seed: number): ConvexProblem {
  const normal = randomNormal(seed)
  const vector = () => Float64Array.from({ length: n }, normal)
  const minimum = vector()
  const u = vector()
  const scale = 2 / dot(u, u)
  // A = HDH with H = I − 2uuᵀ/uᵀu.
  const turn = (x: Float64Array) => x.map((xi, i) => xi - scale * dot(u, x) * u[i])
  const eigenvalue = (i: number) => condition ** (n === 1 ? 0 : i / (n - 1))
  return {
    name: `${n} variables, condition ${condition}`,
    minimum,
    evaluate(x) {
      const away = turn(x.map((xi, i) => xi - minimum[i]))
      const stretched = away.map((z, i) => eigenvalue(i) * z)
      return { value: dot(away, stretched) / 2, gradient: turn(stretched) }
    },
  }
}

/** What a solver is sent: converged where the gradient is as small as asked. */
export const evaluator =
  (problem: ConvexProblem, tolerance: number) =>
  (x: Float64Array): Evaluation => {
    const { value, gradient } = problem.evaluate(x)
    return { value, gradient, converged: norm(gradient) <= tolerance }
  }

/** Runs a solver to its end. */
export function solve<T>(
  solver: Generator<Float64Array, T, Evaluation>,
  evaluate: (x: Float64Array) => Evaluation,
): T {
  let request = solver.next()
  while (!request.done) request = solver.next(evaluate(request.value))
  return request.value
}
