import type { Decision, NewDecision, Review } from '../../../src/server/wire.ts'
import { keyOf } from './queue.ts'

/** What is known of the example before the answer comes. */
export interface DecidedExample {
  readonly id: string
  readonly label: number
}

/** The review as it will be once a decision is written, so that the queue need not wait for the disk. */
export function withDecision(
  review: Review,
  { row, output = null, action, newLabel, note = '', reviewer = '' }: NewDecision,
  { id, label }: DecidedExample,
  at: string,
): Review {
  const decision: Decision = {
    id,
    row,
    output,
    action,
    label,
    newLabel: newLabel ?? null,
    note,
    reviewer,
    at,
  }
  const others = review.decisions.filter(other => keyOf(other) !== keyOf(decision))
  const decisions = [...others, decision].sort((a, b) => a.row - b.row || (a.output ?? 0) - (b.output ?? 0))
  return { ...review, decisions, counts: countsOf(decisions), undo: decision, redo: null }
}

export function countsOf(decisions: readonly Decision[]): Review['counts'] {
  const counts = { keep: 0, relabel: 0, exclude: 0, review: 0 }
  for (const { action } of decisions) counts[action]++
  return counts
}
