/** An entry of a list of the index, before its α and its coordinates are known. */
export interface LeadingEntries {
  /** In decreasing order of their bounds, the smaller row first on ties */
  readonly rows: Uint32Array
  readonly bounds: Float32Array
  /** The largest bound left out; 0 where none is */
  readonly left: number
}

const single = new Float32Array(1)
const bits = new Uint32Array(single.buffer)

/** The smallest float32 that is not below a number that is not negative. */
export function roundedUp(x: number): number {
  single[0] = x
  if (single[0] < x) bits[0]++
  return single[0]
}

/**
 * The entries of one list with the largest bounds, of rows that come in increasing order.
 *
 * The bits of positive floats order as integers do, so inverted and put above the row they make one 64-bit
 * key, which the engine sorts natively; what is beyond the capacity is dropped whenever twice as many are held.
 */
export class LeadingList {
  readonly #capacity: number
  #keys: BigUint64Array
  #words: Uint32Array
  #length = 0
  /** Bounds up to this one are dropped. */
  #left = 0

  constructor(capacity: number) {
    this.#capacity = capacity
    this.#keys = new BigUint64Array(FIRST_LENGTH)
    this.#words = new Uint32Array(this.#keys.buffer)
  }

  /** @param bound a float32 above 0 */
  add(row: number, bound: number): void {
    if (bound <= this.#left) return
    if (this.#length === this.#keys.length) this.#makeRoom()
    single[0] = bound
    this.#words[2 * this.#length] = row
    this.#words[2 * this.#length + 1] = ~bits[0]
    this.#length++
  }

  /** The first `count` entries. */
  take(count: number): LeadingEntries {
    this.#sort()
    const length = Math.min(count, this.#capacity, this.#length)
    const left = length < this.#length ? this.#boundAt(length) : this.#left
    const rows = Uint32Array.from({ length }, (_, i) => this.#words[2 * i])
    const bounds = Float32Array.from({ length }, (_, i) => this.#boundAt(i))
    return { rows, bounds, left }
  }

  #makeRoom(): void {
    if (this.#length >= 2 * this.#capacity) {
      this.#sort()
      this.#left = this.#boundAt(this.#capacity)
      this.#length = this.#capacity
      return
    }
    const keys = new BigUint64Array(Math.min(2 * this.#keys.length, 2 * this.#capacity))
    keys.set(this.#keys)
    this.#keys = keys
    this.#words = new Uint32Array(keys.buffer)
  }

  #sort(): void {
    this.#keys.subarray(0, this.#length).sort()
  }

  #boundAt(i: number): number {
    bits[0] = ~this.#words[2 * i + 1]
    return single[0]
  }
}

const FIRST_LENGTH = 64
