/*
 * What people decide about labels, and how a log of it is read. It runs in a browser too.
 */

/** `review`: look at it again later. */
export type Action = 'keep' | 'relabel' | 'exclude' | 'review'

export const ACTIONS = ['keep', 'relabel', 'exclude', 'review'] as const satisfies readonly Action[]

/** What a person decided about the label of a training example; the last decision counts. */
export interface Decision {
  readonly id: string
  readonly row: number
  /** The output whose label it is about; null where an example has one class */
  readonly output: number | null
  readonly action: Action
  /** As it was then */
  readonly label: number
  /** Of `relabel`, else null */
  readonly newLabel: number | null
  readonly note: string
  readonly reviewer: string
  /** ISO 8601 */
  readonly at: string
}

/** What is asked of a log: a decision about the training example of a row. */
export interface NewDecision {
  readonly row: number
  readonly output?: number | null
  readonly action: Action
  readonly newLabel?: number
  readonly note?: string
  readonly reviewer?: string
}

/** Where a review stands. */
export interface Review {
  readonly schemaVersion: 1
  /** The decisions that count, by row */
  readonly decisions: readonly Decision[]
  readonly counts: { readonly [A in Action]: number }
  /** What undo would take back, and redo bring again; null where nothing */
  readonly undo: Decision | null
  readonly redo: Decision | null
}

/** A decision as it is kept: examples go by their ids, which outlive a fit. */
export type KeptDecision = Omit<Decision, 'row'>

/** A line of the log. Decisions are named by the lines that they stand in, so that of two undos at once one counts. */
export type ReviewEvent =
  | { readonly event: 'decide'; readonly line: number; readonly decision: KeptDecision }
  | { readonly event: 'undo' | 'redo'; readonly of: number }

/** A review, and the lines of what undo would take back and redo bring again. */
export interface FoldedReview {
  readonly review: Review
  readonly undo: number | null
  readonly redo: number | null
}

interface Made {
  readonly line: number
  readonly decision: Decision
  stands: boolean
}

/**
 * Reads a log from beginning to end. What it says of examples that are not there any more is passed over.
 *
 * @param rowOf the row of an example; undefined where there is none of this id
 */
export function foldReview(
  events: readonly ReviewEvent[],
  rowOf: (id: string) => number | undefined,
): FoldedReview {
  const made = new Map<number, Made>()
  let undone: Made[] = []
  for (const event of events) {
    if (event.event === 'decide') {
      const row = rowOf(event.decision.id)
      if (row === undefined) continue
      made.set(event.line, { line: event.line, decision: { ...event.decision, row }, stands: true })
      undone = []
      continue
    }
    const named = made.get(event.of)
    if (event.event === 'undo' && named?.stands) {
      named.stands = false
      undone.push(named)
    }
    if (event.event === 'redo' && named && undone.includes(named)) {
      named.stands = true
      undone = undone.filter(other => other !== named)
    }
  }
  const standing = [...made.values()].filter(({ stands }) => stands)
  const last = standing.at(-1) ?? null
  const again = undone.at(-1) ?? null
  return {
    review: reviewOf(standing, last?.decision ?? null, again?.decision ?? null),
    undo: last?.line ?? null,
    redo: again?.line ?? null,
  }
}

function reviewOf(standing: readonly Made[], undo: Decision | null, redo: Decision | null): Review {
  const counting = new Map<string, Decision>()
  for (const { decision } of standing) counting.set(`${decision.output} ${decision.id}`, decision)
  const decisions = [...counting.values()].sort((a, b) => a.row - b.row || (a.output ?? 0) - (b.output ?? 0))
  const counts = { keep: 0, relabel: 0, exclude: 0, review: 0 }
  for (const { action } of decisions) counts[action]++
  return { schemaVersion: 1, decisions, counts, undo, redo }
}
