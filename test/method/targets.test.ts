import fc from 'fast-check'
import { expect, test } from 'vitest'
import { rowOf } from '../../src/math/matrix.ts'
import { lossOf } from '../../src/method/head/loss.ts'
import { expectSuitable, labelTargets, teacherTargets } from '../../src/method/head/targets.ts'
import { ACTIVATIONS, normalMatrix } from './problems.ts'

test.each(ACTIVATIONS)('teacher targets of %s are its outputs, in their range', activation => {
  const logits = normalMatrix(50, 4, 1)
  const targets = teacherTargets(logits, activation)
  expect([targets.rows, targets.cols]).toEqual([50, 4])
  for (let i = 0; i < 50; i++) {
    const expected = Float64Array.from(rowOf(logits, i))
    lossOf(activation).activate(expected)
    expect(rowOf(targets, i)).toEqual(Float32Array.from(expected))
  }
  const [low, high] = lossOf(activation).range
  for (const t of targets.data) expect(t >= low && t <= high).toBe(true)
  expect(() => expectSuitable(targets, activation, 'soft.npy')).not.toThrow()
})

test('teacher targets of softmax sum to 1 in every row, huge logits included', () => {
  const logits = { rows: 3, cols: 3, data: Float32Array.of(1e4, 0, -1e4, 1e38, 1e38, 0, -1e38, -1e38, -1e38) }
  const targets = teacherTargets(logits, 'softmax')
  for (let i = 0; i < 3; i++) expect(rowOf(targets, i).reduce((a, b) => a + b)).toBeCloseTo(1, 6)
  expect([...targets.data.subarray(0, 3)]).toEqual([1, 0, 0])
})

test('label targets have a single 1 in every row, at the label, in blocks and by row alike', async () => {
  const anyLabels = fc.array(fc.nat(3), { maxLength: 30 })
  await fc.assert(
    fc.asyncProperty(anyLabels, fc.integer({ min: 1, max: 40 }), async (labels, size) => {
      const rows = labelTargets(Int32Array.from(labels), 4)
      const expected = labels.map(y => [0, 1, 2, 3].map(j => Number(j === y)))
      const seen: number[][] = []
      for await (const { start, matrix } of rows.blocks(size)) {
        expect(start).toBe(seen.length)
        expect(matrix.rows).toBeLessThanOrEqual(size)
        for (let i = 0; i < matrix.rows; i++) seen.push([...rowOf(matrix, i)])
      }
      expect(seen).toEqual(expected)
      const reversed = labels.map((_, i) => labels.length - 1 - i)
      const fetched = await rows.fetch(reversed)
      expect(Array.from({ length: fetched.rows }, (_, i) => [...rowOf(fetched, i)])).toEqual(
        expected.reverse(),
      )
    }),
    { seed: 3 },
  )
})
