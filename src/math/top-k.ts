/** A row and its score, as `TopK` answers them. */
export interface Scored {
  readonly row: number
  readonly score: number
}

/**
 * The k best of a stream of scored rows: larger scores first, the smaller row first on ties, whatever
 * the order in which they come. A binary heap with the worst of the k on top; nothing else is kept.
 *
 * One that is cleared serves the next stream with the memory that it has.
 */
export class TopK {
  #capacity = 0
  #size = 0
  #threshold = 0
  #scores = new Float64Array(0)
  #rows = new Uint32Array(0)
  #notes = new Float64Array(0)

  constructor(capacity: number) {
    this.clear(capacity)
  }

  get size(): number {
    return this.#size
  }

  /** The worst score kept; −∞ while there is room, so that every score is wanted; ∞ where none is. */
  get threshold(): number {
    return this.#threshold
  }

  /** Forgets everything and keeps `capacity` of what comes. */
  clear(capacity: number): void {
    this.#capacity = capacity
    this.#size = 0
    this.#threshold = capacity > 0 ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY
    if (this.#scores.length >= capacity) return
    this.#scores = new Float64Array(capacity)
    this.#rows = new Uint32Array(capacity)
    this.#notes = new Float64Array(capacity)
  }

  /** @param note kept beside the row */
  offer(score: number, row: number, note = 0): void {
    if (this.#size < this.#capacity) {
      this.#siftUp(this.#size++, score, row, note)
      if (this.#size === this.#capacity) this.#threshold = this.#scores[0]
    } else if (this.#capacity > 0 && this.#worse(this.#scores[0], this.#rows[0], score, row)) {
      this.#siftDown(score, row, note)
      this.#threshold = this.#scores[0]
    }
  }

  /** What was kept, the best first. */
  best(): Scored[] {
    return this.read((row, score) => ({ row, score }))
  }

  /** What `take` makes of everything that was kept, the best first. */
  read<T>(take: (row: number, score: number, note: number) => T): T[] {
    const size = this.#size
    const taken = new Array<T>(size)
    this.#sort()
    for (let i = 0; i < size; i++) taken[i] = take(this.#rows[i], this.#scores[i], this.#notes[i])
    this.#reverse()
    return taken
  }

  /** The best first: takes the worst off the top again and again, and puts it behind those that are left. */
  #sort(): void {
    const size = this.#size
    while (this.#size > 1) {
      const last = --this.#size
      const [score, row, note] = [this.#scores[last], this.#rows[last], this.#notes[last]]
      this.#move(0, last)
      this.#siftDown(score, row, note)
    }
    this.#size = size
  }

  /** The worst first again, which is a heap. */
  #reverse(): void {
    for (let low = 0, high = this.#size - 1; low < high; low++, high--) {
      const [score, row, note] = [this.#scores[low], this.#rows[low], this.#notes[low]]
      this.#move(high, low)
      this.#place(high, score, row, note)
    }
  }

  #worse(score: number, row: number, otherScore: number, otherRow: number): boolean {
    return score < otherScore || (score === otherScore && row > otherRow)
  }

  #siftUp(start: number, score: number, row: number, note: number): void {
    let at = start
    while (at > 0) {
      const parent = (at - 1) >> 1
      if (!this.#worse(score, row, this.#scores[parent], this.#rows[parent])) break
      this.#move(parent, at)
      at = parent
    }
    this.#place(at, score, row, note)
  }

  #siftDown(score: number, row: number, note: number): void {
    let at = 0
    for (;;) {
      let child = 2 * at + 1
      if (child >= this.#size) break
      const other = child + 1
      if (
        other < this.#size &&
        this.#worse(this.#scores[other], this.#rows[other], this.#scores[child], this.#rows[child])
      ) {
        child = other
      }
      if (!this.#worse(this.#scores[child], this.#rows[child], score, row)) break
      this.#move(child, at)
      at = child
    }
    this.#place(at, score, row, note)
  }

  #move(from: number, to: number): void {
    this.#scores[to] = this.#scores[from]
    this.#rows[to] = this.#rows[from]
    this.#notes[to] = this.#notes[from]
  }

  #place(at: number, score: number, row: number, note: number): void {
    this.#scores[at] = score
    this.#rows[at] = row
    this.#notes[at] = note
  }
}
