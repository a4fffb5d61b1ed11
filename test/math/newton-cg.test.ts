import { describe, expect, test } from 'vitest'
import { norm } from '../../src/math/matrix.ts'
import { type NewtonAnswer, type NewtonRequest, newtonCg } from '../../src/math/newton-cg.ts'
import { type ConvexProblem, randomQuadratic, solvedProblems } from './convex-problems.ts'

const distance = (a: Float64Array, b: Float64Array): number => norm(a.map((x, i) => x - b[i]))

interface Choices {
  readonly tolerance?: number
  readonly precondition?: (v: Float64Array) => Float64Array
}

/** Answers for problems side by side, each of which is a column; products by differences of gradients. */
function answers(problems: readonly ConvexProblem[], { tolerance = 1e-9, precondition }: Choices = {}) {
  const c = problems.length
  const n = problems[0].minimum.length
  const column = (x: Float64Array, j: number) => Float64Array.from({ length: n }, (_, i) => x[i * c + j])
  const evaluate = (x: Float64Array) => {
    const values = new Float64Array(c)
    const gradient = new Float64Array(n * c)
    for (const [j, problem] of problems.entries()) {
      const own = problem.evaluate(column(x, j))
      values[j] = own.value
      own.gradient.forEach((g, i) => {
        gradient[i * c + j] = g
      })
    }
    return { value: values.reduce((sum, v) => sum + v, 0), values, gradient }
  }
  const asked = { evaluate: 0, curve: 0 }
  let at = new Float64Array()
  const answer = (request: NewtonRequest): NewtonAnswer => {
    if ('precondition' in request) return precondition?.(request.precondition) ?? request.precondition
    if ('curve' in request) {
      asked.curve++
      const h = 1e-5 / Math.max(norm(request.curve), 1e-300)
      const [ahead, behind] = [h, -h].map(t => evaluate(at.map((x, i) => x + t * request.curve[i])).gradient)
      return ahead.map((g, i) => (g - behind[i]) / (2 * h))
    }
    asked.evaluate++
    at = Float64Array.from(request.evaluate)
    const evaluation = evaluate(at)
    const { gradient } = evaluation
    const preconditioned = precondition && { preconditioned: precondition(gradient) }
    return { ...evaluation, converged: norm(gradient) <= tolerance, ...preconditioned }
  }
  return { answer, asked }
}

function solve<T>(
  solver: Generator<NewtonRequest, T, NewtonAnswer>,
  answer: (request: NewtonRequest) => NewtonAnswer,
): T {
  let request = solver.next()
  while (!request.done) request = solver.next(answer(request.value))
  return request.value
}

describe('Newton-CG finds the minimum that SciPy finds', () => {
  test.each(solvedProblems())('$name', problem => {
    for (const start of [0, 1, -30]) {
      const { status, point } = solve(
        newtonCg(new Float64Array(problem.minimum.length).fill(start), { columns: 1 }),
        answers([problem]).answer,
      )
      expect(status).toBe('converged')
      expect(distance(point, problem.minimum)).toBeLessThan(1e-6)
    }
  })
})

test('columns of very different curvature are each solved, at once', () => {
  const problems = [1, 1e2, 1e4].map((condition, seed) => randomQuadratic(8, condition, seed))
  const { status, point } = solve(newtonCg(new Float64Array(24), { columns: 3 }), answers(problems).answer)
  expect(status).toBe('converged')
  for (const [j, { minimum }] of problems.entries()) {
    expect(
      distance(
        Float64Array.from(minimum, (_, i) => point[i * 3 + j]),
        minimum,
      ),
    ).toBeLessThan(1e-6)
  }
})

test('a column that is at its minimum stays there while others move', () => {
  const problems = [randomQuadratic(5, 10, 1), randomQuadratic(5, 1000, 2)]
  const start = Float64Array.from({ length: 10 }, (_, i) => (i % 2 === 0 ? problems[0].minimum[i / 2] : 3))
  const { point } = solve(newtonCg(start, { columns: 2 }), answers(problems).answer)
  for (let i = 0; i < 5; i++) expect(point[2 * i]).toBeCloseTo(problems[0].minimum[i], 9)
})

test('the inverse Hessian as preconditioner needs one product for each step', () => {
  // A diagonal Hessian, so that its inverse is known.
  const scales = [1, 10, 1000, 1e5]
  const problem: ConvexProblem = {
    name: 'diagonal',
    minimum: Float64Array.of(1, 2, 3, 4),
    evaluate: x => ({
      value: x.reduce((sum, xi, i) => sum + (scales[i] * (xi - i - 1) ** 2) / 2, 0),
      gradient: x.map((xi, i) => scales[i] * (xi - i - 1)),
    }),
  }
  const precondition = (v: Float64Array) => v.map((vi, i) => vi / scales[i])
  const { answer, asked } = answers([problem], { precondition, tolerance: 1e-4 })
  const { status, iterations } = solve(newtonCg(new Float64Array(4), { columns: 1 }), answer)
  expect(status).toBe('converged')
  expect(asked.curve).toBe(iterations)
})

test('slopes that turn at a kink are followed by shorter steps', () => {
  // |x| smoothed over 1e-3: far out the curvature is nearly 0 and a Newton step overshoots.
  const problem: ConvexProblem = {
    name: 'kink',
    minimum: Float64Array.of(0),
    evaluate: ([x]) => ({
      value: Math.hypot(x, 1e-3) + (1e-3 * x * x) / 2,
      gradient: Float64Array.of(x / Math.hypot(x, 1e-3) + 1e-3 * x),
    }),
  }
  const { status, point } = solve(newtonCg(Float64Array.of(2), { columns: 1 }), answers([problem]).answer)
  expect(status).toBe('converged')
  expect(Math.abs(point[0])).toBeLessThan(1e-6)
})

test('a kink near the end of a step does not shorten it', () => {
  // Half a parabola, and a wall of a thousand times its curvature just before the minimum of the parabola.
  const wall = 0.999
  const problem: ConvexProblem = {
    name: 'wall',
    minimum: Float64Array.of((1 + 1000 * wall) / 1001),
    evaluate: ([x]) => {
      const past = Math.max(x - wall, 0)
      return { value: ((x - 1) ** 2 + 1000 * past ** 2) / 2, gradient: Float64Array.of(x - 1 + 1000 * past) }
    },
  }
  const { answer, asked } = answers([problem, problem], { tolerance: 1e-6 })
  const { status, point } = solve(newtonCg(new Float64Array(2), { columns: 2 }), answer)
  expect(status).toBe('converged')
  expect(point[0]).toBeCloseTo(problem.minimum[0], 8)
  expect(asked.evaluate).toBeLessThanOrEqual(4)
})

test('a search that nothing moves any more ends, though it was not told that it may', () => {
  const { answer, asked } = answers([randomQuadratic(6, 100, 5)], { tolerance: -1 })
  const { status } = solve(newtonCg(new Float64Array(6).fill(3), { columns: 1 }), answer)
  expect(status).toBe('line-search-failed')
  expect(asked.evaluate).toBeLessThan(100)
})

describe('the status', () => {
  const problem = randomQuadratic(20, 1e4, 3)

  test('is max-iterations after so many steps', () => {
    const { answer } = answers([problem], { tolerance: 1e-14 })
    for (const maxIterations of [0, 1, 2]) {
      const solution = solve(newtonCg(new Float64Array(20), { columns: 1, maxIterations }), answer)
      expect(solution).toMatchObject({ status: 'max-iterations', iterations: maxIterations })
    }
  })

  test('is line-search-failed, not an endless search, where gradients are not numbers', () => {
    const start = Float64Array.of(1)
    const broken = (request: NewtonRequest): NewtonAnswer => {
      if (!('evaluate' in request)) return Float64Array.of(1)
      const gradient = Float64Array.of(request.evaluate === start ? 1 : Number.NaN)
      return { value: 0, values: Float64Array.of(0), gradient }
    }
    const { status, point } = solve(newtonCg(start, { columns: 1 }), broken)
    expect({ status, point }).toEqual({ status: 'line-search-failed', point: start })
  })
})
