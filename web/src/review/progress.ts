import type { Action, Decision } from '../../../src/server/wire.ts'
import { count } from '../../../src/views/numbers.ts'
import { type Doubted, keyOf } from './queue.ts'

/** How actions are called when they are done. */
export const DONE: { readonly [A in Action]: string } = {
  keep: 'kept',
  relabel: 'relabelled',
  exclude: 'excluded',
  review: 'for later',
}

export interface Progress {
  /** Of the queue */
  readonly decided: number
  readonly of: number
  /** Of the queue, by what was decided */
  readonly counts: { readonly [A in Action]: number }
}

/** How much of a queue is decided; what is marked for later is not, yet. */
export function progressOf(queue: readonly Doubted[], decisions: ReadonlyMap<string, Decision>): Progress {
  const counts = { keep: 0, relabel: 0, exclude: 0, review: 0 }
  for (const suspect of queue) {
    const decision = decisions.get(keyOf(suspect))
    if (decision) counts[decision.action]++
  }
  return { decided: counts.keep + counts.relabel + counts.exclude, of: queue.length, counts }
}

/** 37 of 200; 12 relabelled, 3 excluded */
export function progressWords({ decided, of, counts }: Progress): string {
  const actions: readonly Action[] = ['relabel', 'exclude', 'keep', 'review']
  const parts = actions
    .filter(action => counts[action] > 0)
    .map(action => `${count(counts[action])} ${DONE[action]}`)
  const done = `${count(decided)} of ${count(of)}`
  return parts.length === 0 ? done : `${done}; ${parts.join(', ')}`
}
