import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type ArraySizes, planMemory } from '../../src/app/explainer/memory-plan.ts'

const sizes: ArraySizes = { fixed: 5e6, features: 128e6, alpha: 20e6 }

test.each([
  [Number.POSITIVE_INFINITY, { features: null, alpha: null }],
  [153e6, { features: null, alpha: null }],
  [153e6 - 1, { features: 128e6 - 1, alpha: null }],
  [27e6, { features: 2e6, alpha: null }],
  [25e6, { features: 10e6, alpha: 10e6 }],
  [9e6, { features: 2e6, alpha: 2e6 }],
])('within %d bytes', (limit, plan) => {
  expect(planMemory(sizes, limit)).toEqual(plan)
})

test('a limit that the index exceeds is refused', () => {
  expect(() => planMemory(sizes, 6e6)).toThrow('memory: 6000000 bytes, expected at least 7097152')
})

test('never holds more than the limit', () => {
  const size = fc.nat(1e9)
  fc.assert(
    fc.property(size, size, size, fc.nat(3e9), (fixed, features, alpha, limit) => {
      fc.pre(limit >= fixed + 2 ** 21)
      const plan = planMemory({ fixed, features, alpha }, limit)
      expect(fixed + (plan.features ?? features) + (plan.alpha ?? alpha)).toBeLessThanOrEqual(limit)
    }),
  )
})
