import type { MiddlewareHandler } from 'hono'
import { Refusal } from './problem.ts'

/** Seconds after which whoever was refused may ask again. */
const RETRY_AFTER = '1'

/**
 * Lets so many requests in at once, and refuses what is more before its body is read: a queue without end would
 * answer everybody too late.
 */
export function admission(most: number): MiddlewareHandler {
  let inside = 0
  return async (_, next) => {
    if (inside >= most) {
      throw new Refusal(
        503,
        'busy',
        'the server has as many questions as it can answer, ask again in a second',
        {
          'retry-after': RETRY_AFTER,
        },
      )
    }
    inside++
    try {
      await next()
    } finally {
      inside--
    }
  }
}
