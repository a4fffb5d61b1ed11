import { type BoundIndex, listOf } from '../index/bound-index.ts'
import { ENTRY_COST, ROW_COST } from '../index/index-plan.ts'
import type { Contribution, Found } from './search.ts'

/** A walk down the lists of one output, as it ended. */
export interface Walk {
  readonly output: number
  /** ‖qₜ‖ */
  readonly norm: number
  /** No entry of qₜ is negative. */
  readonly nonNegative: boolean
  readonly k: number
  readonly found: Found
}

/** Multiply-adds that a walk has taken: a count, not a time, so that the same query has the same cost. */
export function walkCost(index: BoundIndex, rows: number, { output, norm, found, ...walk }: Walk): number {
  const { directions, offsets, left } = index
  const kept = Math.min(walk.k, rows)
  const excitatory = worst(found.excitatory, kept)
  const inhibitory = worst(found.inhibitory, kept)
  const least = Math.min(excitatory, inhibitory)
  const isSigned = index.nonNegative && walk.nonNegative
  let cost = directions.rows * directions.cols + found.read * (directions.cols + ROW_COST)
  for (const [sign, own] of [
    [1, excitatory],
    [-1, inhibitory],
  ] as const) {
    const list = listOf(output, sign)
    const bound = (isSigned ? own : least) / norm
    cost += entriesAbove(index, list, bound) * (directions.rows + ENTRY_COST)
    if (left[list] > 0 && left[list] >= bound && offsets[list] < offsets[list + 1]) cost += rows * ENTRY_COST
  }
  return cost
}

/** |value| that an example had to exceed in the end. */
function worst(contributions: readonly Contribution[], kept: number): number {
  if (kept === 0) return Number.POSITIVE_INFINITY
  return contributions.length < kept ? 0 : Math.abs(contributions[kept - 1].value)
}

/** How many entries at the head of a list have such a bound or a larger one. */
function entriesAbove({ bounds, offsets }: BoundIndex, list: number, bound: number): number {
  let low = offsets[list]
  let high = offsets[list + 1]
  while (low < high) {
    const middle = (low + high) >> 1
    if (bounds[middle] >= bound) low = middle + 1
    else high = middle
  }
  return low - offsets[list]
}
