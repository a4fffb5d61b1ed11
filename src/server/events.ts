import type { Job } from './wire.ts'

/** What happened to a job, with an id that is larger than that of everything before it. */
export interface JobEvent {
  readonly id: number
  readonly job: Job
}

/** Events that are kept for whoever was away. */
const KEPT = 256

/** What happens to jobs, in order, told to everybody who listens. */
export class JobEvents {
  readonly #kept: JobEvent[] = []
  readonly #listeners = new Set<(event: JobEvent) => void>()
  /** Ids go on from those of a server before this one, which a page may have seen. */
  #last: number

  constructor(first = Date.now()) {
    this.#last = first
  }

  get last(): number {
    return this.#last
  }

  tell(job: Job): void {
    const event = { id: ++this.#last, job }
    this.#kept.push(event)
    if (this.#kept.length > KEPT) this.#kept.shift()
    for (const listener of this.#listeners) listener(event)
  }

  /** What happened since an event; null where that is not known any more. */
  since(id: number): readonly JobEvent[] | null {
    if (id === this.#last) return []
    const first = this.#kept[0]
    if (first === undefined || !(id >= first.id - 1 && id <= this.#last)) return null
    return this.#kept.filter(event => event.id > id)
  }

  /** Answers what ends the listening. */
  listen(listener: (event: JobEvent) => void): () => void {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }
}
