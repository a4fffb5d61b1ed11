import type { Decision } from '../../../src/server/wire.ts'

/** What names a doubted label: an example, and the output where it has a label at each. */
export interface Doubted {
  readonly row: number
  readonly output: number | null
}

export const keyOf = ({ row, output }: Doubted): string => (output === null ? `${row}` : `${row}/${output}`)

/** The decisions, by what they are about. */
export const byDoubted = (decisions: readonly Decision[]): ReadonlyMap<string, Decision> =>
  new Map(decisions.map(decision => [keyOf(decision), decision]))

/** One step along the queue; the ends hold. */
export const stepped = (at: number, by: number, length: number): number =>
  Math.min(Math.max(at + by, 0), Math.max(length - 1, 0))

/**
 * Where to go after a decision: the next that has none, from here on and then from the start; where all are
 * decided, one step on.
 */
export function nextOpen(at: number, queue: readonly Doubted[], decided: ReadonlySet<string>): number {
  for (let by = 1; by < queue.length; by++) {
    const there = (at + by) % queue.length
    if (!decided.has(keyOf(queue[there]))) return there
  }
  return stepped(at, 1, queue.length)
}

/** Where the queue is taken up again: at what is named, else at the first without a decision. */
export function startAt(
  named: Doubted | null,
  queue: readonly Doubted[],
  decided: ReadonlyMap<string, unknown>,
): number {
  const there = named === null ? -1 : queue.findIndex(suspect => keyOf(suspect) === keyOf(named))
  if (there >= 0) return there
  return Math.max(
    queue.findIndex(suspect => !decided.has(keyOf(suspect))),
    0,
  )
}
