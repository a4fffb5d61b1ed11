import { type BackwardBits, damaged, ForwardBits } from './zstd-bits.ts'

/** A finite state entropy code: each state has a symbol, and leads to the one at `base` + the next `bits`. */
export interface FseTable {
  /** Bits of the first state. */
  readonly log: number
  readonly symbols: Uint8Array
  readonly bits: Uint8Array
  readonly base: Uint16Array
}

/** How many symbols there are at most, and states as a power of 2. */
export interface FseLimits {
  readonly symbols: number
  readonly log: number
}

/**
 * Reads how often each symbol comes, out of all states, and makes the table of it (RFC 8878, 4.1.1). Returns
 * where the description ends, too. Throws a RangeError where the shares do not add up.
 */
export function readFse(
  content: Uint8Array,
  start: number,
  limits: FseLimits,
): { table: FseTable; end: number } {
  const bits = new ForwardBits(content, start)
  const log = bits.read(4) + 5
  if (log > limits.log) throw damaged(`a code of 2^${log} states`)
  const shares: number[] = []
  for (let left = 1 << log; left > 0; ) {
    // Numbers up to left + 1, of which the smaller take a bit less.
    const width = 32 - Math.clz32(left + 1)
    const short = 2 ** width - 2 - left
    let value = bits.read(width)
    const low = value & (2 ** (width - 1) - 1)
    if (low < short) {
      bits.back(1)
      value = low
    } else if (value >= 2 ** (width - 1)) value -= short
    shares.push(value - 1)
    left -= Math.abs(value - 1)
    for (let zeros = value === 1 ? 3 : 0; zeros === 3; ) {
      zeros = bits.read(2)
      for (let k = 0; k < zeros; k++) shares.push(0)
      if (shares.length > limits.symbols) break
    }
    if (shares.length > limits.symbols || left < 0) throw damaged('a code whose shares do not add up')
  }
  return { table: fseTable(shares, log), end: bits.end }
}

/** The table of a code by the shares of its symbols; −1 is less than one state, which takes one all the same. */
export function fseTable(shares: readonly number[], log: number): FseTable {
  const size = 1 << log
  const symbols = new Uint8Array(size)
  let high = size
  for (const [symbol, share] of shares.entries()) if (share === -1) symbols[--high] = symbol
  const step = (size >> 1) + (size >> 3) + 3
  let at = 0
  for (const [symbol, share] of shares.entries()) {
    for (let k = 0; k < share; k++) {
      symbols[at] = symbol
      do at = (at + step) & (size - 1)
      while (at >= high)
    }
  }
  const next = shares.map(Math.abs)
  const bits = new Uint8Array(size)
  const base = new Uint16Array(size)
  for (let state = 0; state < size; state++) {
    const count = next[symbols[state]]++
    bits[state] = log - (31 - Math.clz32(count))
    base[state] = (count << bits[state]) - size
  }
  return { log, symbols, bits, base }
}

/** A code of one symbol, which takes no bits. */
export function oneSymbol(symbol: number): FseTable {
  return { log: 0, symbols: Uint8Array.of(symbol), bits: new Uint8Array(1), base: new Uint16Array(1) }
}

/** Where a code stands in a stream of bits. */
export class FseState {
  readonly #table: FseTable
  #state: number

  constructor(table: FseTable, bits: BackwardBits) {
    this.#table = table
    this.#state = bits.read(table.log)
  }

  get symbol(): number {
    return this.#table.symbols[this.#state]
  }

  advance(bits: BackwardBits): void {
    this.#state = this.#table.base[this.#state] + bits.read(this.#table.bits[this.#state])
  }
}
