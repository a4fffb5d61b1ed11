/** How a line lets in whoever stands in it. */
export interface LineOptions<T> {
  /** How many are inside at a time */
  readonly room: number
  /** Milliseconds that one waits at most */
  readonly patience: number
  readonly admit: (one: T) => void
  /** Whether one went away by itself while waiting */
  readonly isGone: (one: T) => boolean
  readonly refuse: (one: T) => void
}

interface Waiting<T> {
  readonly one: T
  readonly since: number
}

/**
 * Lets so many in at once, and next whoever came last: where more come than can be let in, first come first served
 * would have everybody wait as long as patience lasts, while so most are let in at once, and those that cannot be are
 * sent away when they have waited too long (Maurer 2015, "Fail at Scale": adaptive LIFO and a controlled delay).
 */
export class Line<T> {
  readonly #options: LineOptions<T>
  /** From the one that came first to the one that came last */
  #waiting: Waiting<T>[] = []
  #inside = 0
  #sweep: ReturnType<typeof setTimeout> | undefined

  constructor(options: LineOptions<T>) {
    this.#options = options
  }

  enter(one: T): void {
    if (this.#inside < this.#options.room) {
      this.#admit(one)
      return
    }
    this.#waiting.push({ one, since: performance.now() })
    this.#sweep ??= setTimeout(() => this.#sendAway(), this.#options.patience)
  }

  /** One that was let in is done. */
  leave(): void {
    this.#inside--
    let next = this.#waiting.pop()
    while (next && this.#options.isGone(next.one)) next = this.#waiting.pop()
    if (next) this.#admit(next.one)
  }

  #admit(one: T): void {
    this.#inside++
    this.#options.admit(one)
  }

  #sendAway(): void {
    const { patience, refuse } = this.#options
    const now = performance.now()
    const staying = this.#waiting.findIndex(({ since }) => now - since < patience)
    const tired = this.#waiting.splice(0, staying < 0 ? this.#waiting.length : staying)
    const [first] = this.#waiting
    // Whoever came since then has some patience left; a little more than the first has gathers a few.
    this.#sweep =
      first && setTimeout(() => this.#sendAway(), Math.max(first.since + patience - now, patience / 4))
    for (const { one } of tired) refuse(one)
  }
}
