import { TopK } from '../../math/top-k.ts'
import type { Suspicions } from './suspicion.ts'

/** A training example by how much its label is to be doubted. */
export interface RankedSuspicion {
  readonly row: number
  /** The output whose label is doubted */
  readonly output: number
  /** By the score; high = worse */
  readonly suspicion: number
  /** What the score takes the label for: a class, or the output's label; null where it says nothing of that */
  readonly suggested: number | null
}

/** The k most suspect training examples, the worst first, ties by row. */
export function mostSuspect({ suspicion, outputs, suggested }: Suspicions, k: number): RankedSuspicion[] {
  const worst = new TopK(Math.min(k, suspicion.length))
  for (let row = 0; row < suspicion.length; row++) worst.offer(suspicion[row], row)
  return worst.read((row, suspicion) => ({
    row,
    output: outputs[row],
    suspicion,
    suggested: suggested?.[row] ?? null,
  }))
}
