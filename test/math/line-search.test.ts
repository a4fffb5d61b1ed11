import { describe, expect, test } from 'vitest'
import { type Iterate, lineSearch } from '../../src/math/line-search.ts'
import { dot } from '../../src/math/matrix.ts'
import { random, randomNormal } from '../../src/math/random.ts'
import { type ConvexProblem, randomQuadratic, solve, solvedProblems } from './convex-problems.ts'

const problems = [...solvedProblems(), ...[1, 2, 8].map(n => randomQuadratic(n, 1e3, n))]

/** A point, and a direction along which the problem falls there. */
function downhill(problem: ConvexProblem, seed: number): { from: Iterate; direction: Float64Array } {
  const normal = randomNormal(seed)
  const point = problem.minimum.map(x => x + 3 * normal())
  const from = { point, ...problem.evaluate(point) }
  const direction = point.map(normal)
  return { from, direction: dot(from.gradient, direction) < 0 ? direction : direction.map(p => -p) }
}

describe('a step that is taken satisfies the strong Wolfe conditions', () => {
  test.each(problems)('$name', problem => {
    const uniform = random(1)
    for (let seed = 0; seed < 100; seed++) {
      const { from, direction } = downhill(problem, seed)
      const firstStep = 10 ** (12 * uniform() - 8)
      const next = solve(lineSearch(from, direction, { firstStep, rounding: 0 }), x => problem.evaluate(x))
      if (next === null)
        throw new Error(`no step found from ${from.point} along ${direction}, first step ${firstStep}`)
      const moved = next.point.map((x, i) => x - from.point[i])
      const step = dot(moved, direction) / dot(direction, direction)
      const slope0 = dot(from.gradient, direction)
      expect(step).toBeGreaterThan(0)
      expect(next.value).toBeLessThanOrEqual(from.value + 1e-4 * step * slope0)
      expect(Math.abs(dot(next.gradient, direction))).toBeLessThanOrEqual(0.9 * Math.abs(slope0))
      // It is a point on the line, with its own value and gradient.
      moved.forEach((m, i) => {
        expect(Math.abs(m - step * direction[i])).toBeLessThan(
          1e-12 * (1 + Math.abs(from.point[i]) + Math.abs(m)),
        )
      })
      expect({ value: next.value, gradient: next.gradient }).toEqual(problem.evaluate(next.point))
    }
  })
})

test('where values are only rounding, the slope alone finds a step', () => {
  const problem = randomQuadratic(3, 10, 1)
  const { from, direction } = downhill(problem, 2)
  // Values so large that they hide every difference; slopes as they are.
  const flat = (x: Float64Array) => ({ value: 1e20, gradient: problem.evaluate(x).gradient })
  const options = { firstStep: 1e-3, rounding: 1e-13 }
  const next = solve(lineSearch({ ...from, value: 1e20 }, direction, options), flat)
  expect(next).not.toBe(null)
  expect(Math.abs(dot((next as Iterate).gradient, direction))).toBeLessThanOrEqual(
    0.9 * Math.abs(dot(from.gradient, direction)),
  )
})

test('a point that satisfies whoever drives the search ends it at once', () => {
  const problem = randomQuadratic(3, 10, 1)
  const { from, direction } = downhill(problem, 3)
  let evaluations = 0
  const next = solve(lineSearch(from, direction, { firstStep: 1e-9, rounding: 0 }), x => {
    evaluations++
    return { ...problem.evaluate(x), converged: true }
  })
  expect(evaluations).toBe(1)
  expect(next?.converged).toBe(true)
})

test('a step over which the function overflows is shortened', () => {
  // exp(x) − x, which is infinite from about 710 on.
  const evaluate = (x: Float64Array) => ({
    value: Math.exp(x[0]) - x[0],
    gradient: Float64Array.of(Math.exp(x[0]) - 1),
  })
  const point = Float64Array.of(-2)
  const search = lineSearch({ point, ...evaluate(point) }, Float64Array.of(1), {
    firstStep: 1e5,
    rounding: 1e-13,
  })
  const next = solve(search, evaluate)
  expect(Math.abs(next?.gradient[0] ?? 1)).toBeLessThanOrEqual(0.9 * (1 - Math.exp(-2)))
})

test('a search that finds nothing says so after a bounded number of evaluations', () => {
  const point = Float64Array.of(0)
  let evaluations = 0
  const rising = (x: Float64Array) => {
    evaluations++
    return { value: Math.abs(x[0]), gradient: Float64Array.of(-1) }
  }
  const search = lineSearch({ point, ...rising(point) }, Float64Array.of(1), { firstStep: 1, rounding: 0 })
  expect(solve(search, rising)).toBe(null)
  expect(evaluations).toBeLessThan(50)
})
