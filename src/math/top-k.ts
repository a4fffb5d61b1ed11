/** A row and its score, as `TopK` answers them. */
export interface Scored {
  readonly row: number
  readonly score: number
}

/** Up to here entries are sorted by insertion. */
const FEW = 32

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
    for (let i = 0; i < size; i++) {
      const at = size - 1 - i
      taken[i] = take(this.#rows[at], this.#scores[at], this.#notes[at])
    }
    return taken
  }

  /** The worst first, which is a heap still. */
  #sort(): void {
    const size = this.#size
    if (size <= FEW) {
      this.#sortFew()
      return
    }
    for (let last = size - 1; last > 0; last--) {
      this.#size = last
      this.#sink(last)
    }
    this.#size = size
    for (let low = 0, high = size - 1; low < high; low++, high--) this.#swap(low, high)
  }

  /** By insertion, which few and nearly sorted entries take the least time with. */
  #sortFew(): void {
    for (let end = 1; end < this.#size; end++) {
      const score = this.#scores[end]
      const row = this.#rows[end]
      const note = this.#notes[end]
      let at = end
      while (at > 0 && this.#worse(score, row, this.#scores[at - 1], this.#rows[at - 1])) {
        this.#move(at - 1, at)
        at--
      }
      this.#place(at, score, row, note)
    }
  }

  /** Takes the worst off the top, puts it at `last`, and what stood there into the heap before it. */
  #sink(last: number): void {
    const score = this.#scores[last]
    const row = this.#rows[last]
    const note = this.#notes[last]
    this.#move(0, last)
    this.#siftDown(score, row, note)
  }

  #swap(a: number, b: number): void {
    const score = this.#scores[a]
    const row = this.#rows[a]
    const note = this.#notes[a]
    this.#move(b, a)
    this.#place(b, score, row, note)
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
