/** Which rows one search after another has touched. */
export class Touched {
  readonly #rows: number
  /** In which search each row was last touched [rows]; made when first needed. */
  #stamps: Uint32Array | undefined
  #search = 0

  constructor(rows: number) {
    this.#rows = rows
  }

  /** Forgets all rows. When the stamps run out they start again over a clean sheet. */
  clear(): void {
    if (this.#search < 2 ** 32 - 1) this.#search++
    else {
      this.#stamps?.fill(0)
      this.#search = 1
    }
  }

  add(row: number): void {
    this.#stamps ??= new Uint32Array(this.#rows)
    this.#stamps[row] = this.#search
  }

  has(row: number): boolean {
    return this.#stamps?.[row] === this.#search
  }
}
