import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type FitSize, planFit, planWithin } from '../../src/app/fit/plan.ts'

const anySize: fc.Arbitrary<FitSize> = fc
  .record({
    n: fc.integer({ min: 1, max: 1e7 }),
    tests: fc.nat(1e6),
    d: fc.integer({ min: 1, max: 5000 }),
    c: fc.integer({ min: 1, max: 2000 }),
    dtype: fc.constantFrom('float32' as const, 'float16' as const),
    hasValues: fc.boolean(),
  })
  .map(({ tests, ...size }) => ({ ...size, examples: size.n + tests }))

const anyLimit = fc.integer({ min: 1, max: 2 ** 45 })

/** Bytes that a plan holds. */
function heldBy({ needed, targets, features }: ReturnType<typeof planFit>, { n, c, d, dtype }: FitSize) {
  return needed + (targets ? 4 * n * c : 0) + (features ? (dtype === 'float16' ? 2 : 4) * n * d : 0)
}

test('what a plan holds is within the limit, or only what every fit holds', () => {
  fc.assert(
    fc.property(anySize, anyLimit, (size, limit) => {
      const plan = planFit(size, limit)
      const held = heldBy(plan, size)
      expect(held <= limit || held === plan.needed).toBe(true)
    }),
  )
})

test('with more memory nothing is held less, and with enough of it everything is', () => {
  fc.assert(
    fc.property(anySize, anyLimit, (size, limit) => {
      const [less, more] = [planFit(size, limit), planFit(size, limit * 2)]
      expect(heldBy(more, size)).toBeGreaterThanOrEqual(heldBy(less, size))
      expect(planFit(size, Number.MAX_SAFE_INTEGER)).toMatchObject({ targets: true, features: true })
    }),
  )
})

test('two million examples with 512 halves each are fitted within 1 GiB, but not held', () => {
  const size = { n: 2e6, examples: 2e6, d: 512, c: 10, dtype: 'float16', hasValues: false } as const
  expect(planWithin(size, '1GiB', 2 ** 34)).toMatchObject({ targets: true, features: false })
  expect(planWithin(size, undefined, 2 ** 34)).toMatchObject({ targets: true, features: true })
})

test('a limit that cannot be kept is refused; without one, a small machine does what it can', () => {
  const size = { n: 1000, examples: 1000, d: 10, c: 2, dtype: 'float32', hasValues: false } as const
  expect(() => planWithin(size, '100MB', 2 ** 34)).toThrow(
    /^memory: 100MB, expected at least 3\d\dMiB, which/,
  )
  expect(planWithin(size, undefined, 2 ** 20)).toMatchObject({ targets: false, features: false })
})
