import { describe, expect, test } from 'vitest'
import { lbfgs } from '../../src/math/lbfgs.ts'
import { norm } from '../../src/math/matrix.ts'
import { evaluator, randomQuadratic, solve, solvedProblems } from './convex-problems.ts'

const distance = (a: Float64Array, b: Float64Array): number => norm(a.map((x, i) => x - b[i]))

describe('L-BFGS finds the minimum that SciPy finds', () => {
  test.each(solvedProblems())('$name', problem => {
    for (const start of [0, 1, -30]) {
      const { status, point, value, gradient } = solve(
        lbfgs(new Float64Array(problem.minimum.length).fill(start)),
        evaluator(problem, 1e-10),
      )
      expect(status).toBe('converged')
      expect(distance(point, problem.minimum)).toBeLessThan(1e-6)
      expect(norm(gradient)).toBeLessThanOrEqual(1e-10)
      expect({ value, gradient }).toEqual(problem.evaluate(point))
    }
  })
})

describe('L-BFGS finds the minimum of quadratics', () => {
  test.each([1, 2, 10, 50])('in %i variables', n => {
    for (const condition of [1, 100, 1e4]) {
      for (let seed = 0; seed < 5; seed++) {
        const problem = randomQuadratic(n, condition, seed)
        const { status, point } = solve(lbfgs(new Float64Array(n)), evaluator(problem, 1e-9))
        expect(status).toBe('converged')
        // The smallest eigenvalue is 1, so the gradient bounds the distance.
        expect(distance(point, problem.minimum)).toBeLessThan(2e-9)
      }
    }
  })

  test('with a history of one pair or of more than it can fill', () => {
    const problem = randomQuadratic(10, 100, 1)
    for (const history of [1, 3, 1000]) {
      const { status, point, pairs } = solve(
        lbfgs(new Float64Array(10), { history }),
        evaluator(problem, 1e-9),
      )
      expect(status).toBe('converged')
      expect(distance(point, problem.minimum)).toBeLessThan(2e-9)
      expect(pairs.length).toBeLessThanOrEqual(history)
    }
  })
})

test('values never rise by more than rounding', () => {
  for (const problem of solvedProblems()) {
    let last = Number.POSITIVE_INFINITY
    for (let maxIterations = 0; maxIterations < 30; maxIterations++) {
      const solver = lbfgs(new Float64Array(problem.minimum.length).fill(2), { maxIterations })
      const { value } = solve(solver, evaluator(problem, 1e-10))
      expect(value).toBeLessThanOrEqual(last + 1e-13 * Math.abs(last))
      last = value
    }
  }
})

test('every pair kept has positive curvature', () => {
  for (const problem of solvedProblems()) {
    const { pairs } = solve(lbfgs(new Float64Array(problem.minimum.length)), evaluator(problem, 1e-10))
    expect(pairs.length).toBeGreaterThan(0)
    for (const { s, y } of pairs) expect(s.reduce((sum, x, i) => sum + x * y[i], 0)).toBeGreaterThan(0)
  }
})

describe('the status', () => {
  const problem = randomQuadratic(20, 1e4, 3)
  const start = new Float64Array(20)

  test('is converged at the start, without a step, where the start is good enough', () => {
    let evaluations = 0
    const solution = solve(lbfgs(problem.minimum), x => {
      evaluations++
      return evaluator(problem, 1e-9)(x)
    })
    expect(solution).toMatchObject({ status: 'converged', iterations: 0, point: problem.minimum, pairs: [] })
    expect(evaluations).toBe(1)
  })

  test('is max-iterations after so many steps, with the best point so far', () => {
    for (const maxIterations of [0, 1, 7]) {
      const { status, iterations, point, value } = solve(
        lbfgs(start, { maxIterations }),
        evaluator(problem, 1e-12),
      )
      expect({ status, iterations }).toEqual({ status: 'max-iterations', iterations: maxIterations })
      expect(value).toBe(problem.evaluate(point).value)
      if (maxIterations > 0) expect(value).toBeLessThan(problem.evaluate(start).value)
    }
  })

  test('is line-search-failed where the gradient points uphill, at the point where it was', () => {
    const uphill = (x: Float64Array) => {
      const { value, gradient } = problem.evaluate(x)
      return { value, gradient: gradient.map(g => -g) }
    }
    const { status, point } = solve(lbfgs(start), uphill)
    expect(status).toBe('line-search-failed')
    expect(point).toEqual(start)
  })

  test('is line-search-failed, not an endless search, where values are not numbers', () => {
    const broken = (x: Float64Array) => ({ value: x === start ? 1 : Number.NaN, gradient: x.map(() => 1) })
    expect(solve(lbfgs(start), broken).status).toBe('line-search-failed')
  })
})

describe('going on from known pairs', () => {
  const problem = randomQuadratic(30, 1e4, 4)
  const start = new Float64Array(30)

  test('reaches the same minimum in fewer steps than starting over', () => {
    const rough = solve(lbfgs(start), evaluator(problem, 1e-2))
    const goneOn = solve(lbfgs(rough.point, { pairs: rough.pairs }), evaluator(problem, 1e-8))
    const startedOver = solve(lbfgs(rough.point), evaluator(problem, 1e-8))
    expect(distance(goneOn.point, problem.minimum)).toBeLessThan(2e-8)
    expect(goneOn.iterations).toBeLessThan(startedOver.iterations)
  })

  test('does not change the pairs that were given', () => {
    const { point, pairs } = solve(lbfgs(start, { maxIterations: 5 }), evaluator(problem, 1e-8))
    const before = [...pairs]
    solve(lbfgs(point, { pairs, history: 5 }), evaluator(problem, 1e-8))
    expect(pairs).toEqual(before)
  })

  test('survives pairs of another function, which mislead', () => {
    const other = solve(lbfgs(start), evaluator(randomQuadratic(30, 1e4, 5), 1e-3))
    const { status, point } = solve(lbfgs(start, { pairs: other.pairs }), evaluator(problem, 1e-8))
    expect(status).toBe('converged')
    expect(distance(point, problem.minimum)).toBeLessThan(2e-8)
  })
})
