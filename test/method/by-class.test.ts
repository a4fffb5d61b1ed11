import fc from 'fast-check'
import { expect, test } from 'vitest'
import { widened } from '../../src/math/float16.ts'
import { memoryRows } from '../../src/math/rows.ts'
import { blocksByClass } from '../../src/method/fit/by-class.ts'

/** A matrix whose row i holds nothing but the number i, exact in both types up to 2048. */
function numbered(rows: number, cols: number, dtype: 'float32' | 'float16') {
  const data = Float32Array.from({ length: rows * cols }, (_, k) => Math.floor(k / cols))
  if (dtype === 'float32') return memoryRows({ rows, cols, data })
  // The bits of 2⁻²⁴ times a whole number below 1024 are that number.
  return memoryRows({ rows, cols, bits: Uint16Array.from(data) })
}

test.each(['float32', 'float16'] as const)(
  'every row of %s comes once, with its own α, among those of its class and in order',
  async dtype => {
    const any = fc.record({
      labels: fc.array(fc.nat(5), { minLength: 1, maxLength: 900 }),
      d: fc.constantFrom(1, 3, 9000),
      classCount: fc.constantFrom(6, 3000),
    })
    await fc.assert(
      fc.asyncProperty(any, async ({ labels, d, classCount }) => {
        const seen: number[][] = Array.from({ length: 6 }, () => [])
        const features = numbered(labels.length, d, dtype)
        const alpha = memoryRows(await numbered(labels.length, 2, 'float32').fetch(labels.map((_, i) => i)))
        for await (const block of blocksByClass(features, alpha, Int32Array.from(labels), classCount)) {
          const [f, a] = [widened(block.features), widened(block.alpha)]
          expect([f.rows, f.cols, a.cols]).toEqual([a.rows, d, 2])
          for (let i = 0; i < a.rows; i++) {
            const row = a.data[2 * i]
            const scale = dtype === 'float32' ? 1 : 2 ** -24
            expect([f.data[i * d], f.data[(i + 1) * d - 1]]).toEqual([row * scale, row * scale])
            seen[block.of].push(row)
          }
        }
        const expected = seen.map((_, y) => labels.flatMap((label, i) => (label === y ? [i] : [])))
        expect(seen).toEqual(expected)
      }),
      { seed: 1, numRuns: 25 },
    )
  },
)
