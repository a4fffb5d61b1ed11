/** How often memory is looked at, in milliseconds. */
const EVERY = 20

/** The most memory that the process holds while something is done, in bytes: looked at every 20 ms. */
export class PeakMemory {
  #peak = 0
  readonly #timer: NodeJS.Timeout

  constructor() {
    this.look()
    this.#timer = setInterval(() => this.look(), EVERY)
    this.#timer.unref()
  }

  /** Looks now, for work that lets no timer run. */
  look(): void {
    this.#peak = Math.max(this.#peak, process.memoryUsage.rss())
  }

  stop(): number {
    clearInterval(this.#timer)
    this.look()
    return this.#peak
  }
}
