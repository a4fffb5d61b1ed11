import { type Runtime, withSession } from './runtime.ts'
import type { Precision, SelfCheckGraph } from './self-check-graph.ts'
import { selfCheckGraphs } from './self-check-graphs.ts'

/**
 * How far an answer may be off, relative to its largest number. Sums in another order are off by about 1e-6
 * and 1e-15; products with fewer bits than the precision says, as graphics processors like to make, by more
 * than 1e-3.
 */
export const TOLERANCE: { readonly [K in Precision]: number } = { float32: 1e-4, float64: 1e-12 }

/** What became of one graph of the self-check. */
export interface CheckedGraph {
  readonly graph: string
  readonly precision: Precision
  /** max |answer − expected| over its numbers, relative to the largest expected; infinite where it gives none */
  readonly error: number
  readonly agrees: boolean
}

/** Runs the graphs of the self-check in one precision. Throws the runtime's own error where one cannot be run. */
export async function selfCheck(runtime: Runtime, precision: Precision): Promise<CheckedGraph[]> {
  const checked: CheckedGraph[] = []
  for (const graph of selfCheckGraphs(precision)) {
    const error = await errorOf(runtime, graph)
    checked.push({ graph: graph.name, precision, error, agrees: error <= TOLERANCE[precision] })
  }
  return checked
}

function errorOf(runtime: Runtime, { model, inputs, expected }: SelfCheckGraph): Promise<number> {
  return withSession(runtime, model, async session => {
    const { answer } = await session.run(inputs, ['answer'])
    return relativeError(answer.data, expected)
  })
}

/** The largest difference, relative to the largest number expected; infinite for NaN and other sizes. */
export function relativeError(
  found: ArrayLike<number | bigint>,
  expected: ArrayLike<number | bigint>,
): number {
  if (found.length !== expected.length) return Number.POSITIVE_INFINITY
  let largest = 0
  let difference = 0
  for (let i = 0; i < expected.length; i++) {
    const [a, b] = [Number(found[i]), Number(expected[i])]
    if (Number.isFinite(b)) largest = Math.max(largest, Math.abs(b))
    // The logarithm of a probability may be infinite in both.
    if (a === b) continue
    const off = Math.abs(a - b)
    difference = Math.max(difference, Number.isNaN(off) ? Number.POSITIVE_INFINITY : off)
  }
  return difference === 0 ? 0 : difference / largest
}
