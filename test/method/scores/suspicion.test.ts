import { expect, test } from 'vitest'
import { type Measure, SuspicionTable } from '../../../src/method/scores/suspicion.ts'

/** What is said against class 0 of two, by the lead of the other over it. */
function against(measure: Measure, margin: number): number {
  const table = new SuspicionTable(1, measure, 'softmax', Int32Array.of(0))
  table.takeRow(0, Float64Array.of(500, 500 + margin), Float32Array.of(1, 0))
  return table.suspicion[0]
}

test('measures keep their digits where a head is sure, of the label or against it', () => {
  for (const margin of [-60, -40, -1, 0, 1, 40, 60]) {
    const p = 1 / (1 + Math.exp(margin))
    const q = 1 / (1 + Math.exp(-margin))
    expect(against('residual', margin) / q).toBeCloseTo(1, 12)
    expect(against('odds', margin) / q).toBeCloseTo(1, 12)
    expect(against('loss', margin)).toBeCloseTo(
      margin > 0 ? margin + Math.log1p(Math.exp(-margin)) : -Math.log(p),
      12,
    )
    expect(against('margin', margin)).toBe(margin)
  }
  expect(against('loss', -40) / Math.exp(-40)).toBeCloseTo(1, 12)
  // Where p is below every number.
  expect(against('loss', 2000)).toBe(2000)
  expect(against('residual', 2000)).toBe(1)
})
