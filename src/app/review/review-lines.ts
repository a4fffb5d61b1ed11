import * as z from 'zod/mini'
import { ACTIONS, type KeptDecision, type ReviewEvent } from './decisions.ts'

/*
 * Events of a review as lines of JSON.
 */

const count = z.int().check(z.nonnegative())

const eventLine = z.discriminatedUnion('event', [
  z.object({
    event: z.literal('decide'),
    id: z.string(),
    output: z.nullable(count),
    action: z.enum(ACTIONS),
    label: z.number(),
    newLabel: z.nullable(z.number()),
    note: z.string(),
    reviewer: z.string(),
    at: z.string(),
  }),
  z.object({ event: z.enum(['undo', 'redo']), of: count, at: z.string() }),
])

export const decideLine = (decision: KeptDecision): string => JSON.stringify({ event: 'decide', ...decision })

/** @param of the line of the decision */
export const stepLine = (event: 'undo' | 'redo', of: number, at: string): string =>
  JSON.stringify({ event, of, at })

/** The event of a line; null where it is none. */
export function parseReviewLine(text: string, line: number): ReviewEvent | null {
  const parsed = eventLine.safeParse(parseJson(text))
  if (!parsed.success) return null
  if (parsed.data.event !== 'decide') return parsed.data
  const { event, ...decision } = parsed.data
  return { event, line, decision }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
