/** A row and its score, as `TopK` answers them. */
export interface Scored {
  readonly row: number
  readonly score: number
}

/**
 * The k best of a stream of scored rows: larger scores first, the smaller row first on ties, whatever
 * the order in which they come. A binary heap with the worst of the k on top; nothing else is kept.
 */
export class TopK {
  readonly #scores: Float64Array
  readonly #rows: Uint32Array
  #size = 0

  constructor(readonly capacity: number) {
    this.#scores = new Float64Array(capacity)
    this.#rows = new Uint32Array(capacity)
  }

  get size(): number {
    return this.#size
  }

  /** The worst score kept; −∞ while there is room, so that every score is wanted. */
  get threshold(): number {
    return this.#size < this.capacity
      ? Number.NEGATIVE_INFINITY
      : (this.#scores[0] ?? Number.POSITIVE_INFINITY)
  }

  offer(score: number, row: number): void {
    if (this.#size < this.capacity) {
      this.#siftUp(this.#size++, score, row)
    } else if (this.capacity > 0 && this.#worse(this.#scores[0], this.#rows[0], score, row)) {
      this.#siftDown(score, row)
    }
  }

  /** What was kept, the best first. */
  best(): Scored[] {
    return Array.from({ length: this.#size }, (_, i) => ({
      row: this.#rows[i],
      score: this.#scores[i],
    })).sort((a, b) => b.score - a.score || a.row - b.row)
  }

  #worse(score: number, row: number, otherScore: number, otherRow: number): boolean {
    return score < otherScore || (score === otherScore && row > otherRow)
  }

  #siftUp(start: number, score: number, row: number): void {
    let at = start
    while (at > 0) {
      const parent = (at - 1) >> 1
      if (!this.#worse(score, row, this.#scores[parent], this.#rows[parent])) break
      this.#move(parent, at)
      at = parent
    }
    this.#place(at, score, row)
  }

  #siftDown(score: number, row: number): void {
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
    this.#place(at, score, row)
  }

  #move(from: number, to: number): void {
    this.#scores[to] = this.#scores[from]
    this.#rows[to] = this.#rows[from]
  }

  #place(at: number, score: number, row: number): void {
    this.#scores[at] = score
    this.#rows[at] = row
  }
}
