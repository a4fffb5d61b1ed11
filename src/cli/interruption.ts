/**
 * What Ctrl-C does: at first it asks whoever took the signal to stop in order, which removes what was half
 * written; where nobody did, or the second time, the process ends at once.
 */
export class Interruption {
  readonly #controller = new AbortController()
  #isTaken = false

  /** For work that stops in order. */
  take(): AbortSignal {
    this.#isTaken = true
    return this.#controller.signal
  }

  get happened(): boolean {
    return this.#controller.signal.aborted
  }

  /** Whether there is somebody to stop in order. */
  ask(): boolean {
    if (!this.#isTaken || this.happened) return false
    this.#controller.abort()
    return true
  }
}
