import type { MiddlewareHandler } from 'hono'
import { Refusal } from './problem.ts'

/** Seconds after which whoever was refused may ask again. */
const RETRY_AFTER = '1'

/** Lets so many in at once: a queue without end would answer everybody too late. */
export class Admission {
  readonly #most: number
  #inside = 0

  constructor(most: number) {
    this.#most = most
  }

  /** For whom there is room; whoever comes when there is none is refused before the body is read. */
  get middleware(): MiddlewareHandler {
    return async (_, next) => {
      if (this.#inside >= this.#most) throw busy()
      this.#inside++
      try {
        await next()
      } finally {
        this.#inside--
      }
    }
  }
}

/** What is answered to who is refused. */
export const busy = (): Refusal =>
  new Refusal(503, 'busy', 'the server has as many questions as it can answer, ask again in a second', {
    'retry-after': RETRY_AFTER,
  })
