import { BackwardBits, damaged } from './zstd-bits.ts'
import { FseState, type FseTable, fseTable, oneSymbol, readFse } from './zstd-fse.ts'

/** The last offsets of a frame, the latest first; changed in place. */
export type Repeats = [number, number, number]

/** The codes of a block, which the next may use again. */
export interface SequenceTables {
  readonly literals: FseTable
  readonly offsets: FseTable
  readonly matches: FseTable
}

/** A compressed block, of which the literals are read. */
interface Block {
  readonly content: Uint8Array
  /** Where the sequences begin. */
  readonly at: number
  readonly literals: Uint8Array
}

/** Symbols stand for numbers from a base on, with so many further bits. */
interface Lengths {
  readonly base: readonly number[]
  readonly bits: readonly number[]
}

const lengths = (from: number, bits: readonly number[]): Lengths => {
  let next = from
  const base = bits.map(count => {
    next += 2 ** count
    return next - 2 ** count
  })
  return { base, bits }
}
const times = <T>(count: number, value: T): T[] => new Array<T>(count).fill(value)

const literalLengths = lengths(0, [
  ...times(16, 0),
  ...[1, 1, 1, 1, 2, 2, 3, 3, 4, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16],
])
const matchLengths = lengths(3, [
  ...times(32, 0),
  ...[1, 1, 1, 1, 2, 2, 3, 3, 4, 4, 5, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16],
])

/** What a kind of code may be at most, and what it is unless a block says otherwise (RFC 8878, 3.1.1.3.2.2). */
const kinds = {
  literals: {
    symbols: 36,
    log: 9,
    usual: fseTable(
      [4, 3, ...times(11, 2), 1, 1, 1, ...times(9, 2), 3, 2, ...times(5, 1), ...times(4, -1)],
      6,
    ),
  },
  offsets: {
    symbols: 32,
    log: 8,
    usual: fseTable([...times(6, 1), 2, 2, 2, ...times(15, 1), ...times(5, -1)], 5),
  },
  matches: {
    symbols: 53,
    log: 9,
    usual: fseTable([1, 4, 3, ...times(6, 2), ...times(37, 1), ...times(7, -1)], 6),
  },
}

/**
 * Writes literals and repetitions of what stands before them behind the `written` bytes, as the sequences of a
 * block say. Throws a RangeError where they say more than fits into `out`.
 */
export function applySequences(
  { content, at, literals }: Block,
  out: Uint8Array,
  written: number,
  { tables: before, repeats }: { tables: SequenceTables | null; repeats: Repeats },
): { written: number; tables: SequenceTables | null } {
  const { count, end } = readCount(content, at)
  let to = written
  let from = 0
  const copyLiterals = (length: number) => {
    if (from + length > literals.length || to + length > out.length) throw damaged('more than fits its block')
    out.set(literals.subarray(from, from + length), to)
    from += length
    to += length
  }
  if (count === 0) {
    copyLiterals(literals.length)
    return { written: to, tables: before }
  }
  const { tables, end: start } = readTables(content, end, before)
  const bits = new BackwardBits(content.subarray(start))
  const literal = new FseState(tables.literals, bits)
  const offset = new FseState(tables.offsets, bits)
  const match = new FseState(tables.matches, bits)
  for (let k = 0; k < count; k++) {
    const value = 2 ** offset.symbol + bits.read(offset.symbol)
    const matched = lengthOf(matchLengths, match.symbol, bits)
    const copied = lengthOf(literalLengths, literal.symbol, bits)
    if (k + 1 < count) {
      literal.advance(bits)
      match.advance(bits)
      offset.advance(bits)
    }
    if (bits.left < 0) throw damaged('sequences past their bits')
    copyLiterals(copied)
    const distance = distanceOf(value, copied === 0, repeats)
    if (distance < 1 || distance > to || to + matched > out.length)
      throw damaged('a repetition of what is not there')
    for (const stop = to + matched; to < stop; to++) out[to] = out[to - distance]
  }
  if (bits.left !== 0) throw damaged('sequences that do not end with their bits')
  copyLiterals(literals.length - from)
  return { written: to, tables }
}

function readCount(content: Uint8Array, at: number): { count: number; end: number } {
  const [head, second = 0, third = 0] = content.subarray(at, at + 3)
  if (head === undefined) throw damaged('a block without sequences')
  if (head < 128) return { count: head, end: at + 1 }
  if (head < 255) return { count: 256 * (head - 128) + second, end: at + 2 }
  return { count: second + 256 * third + 0x7f00, end: at + 3 }
}

/** Each code is the usual one, of one symbol, described here, or as before. */
function readTables(
  content: Uint8Array,
  start: number,
  before: SequenceTables | null,
): { tables: SequenceTables; end: number } {
  const modes = content[start] ?? 0
  if ((modes & 3) !== 0) throw damaged('codes of an unknown kind')
  let at = start + 1
  const read = (name: keyof typeof kinds, shift: number): FseTable => {
    const kind = kinds[name]
    const mode = (modes >> shift) & 3
    if (mode === 0) return kind.usual
    if (mode === 2) {
      const { table, end } = readFse(content, at, kind)
      at = end
      return table
    }
    if (mode === 3) {
      if (!before) throw damaged('no code before the first')
      return before[name]
    }
    const symbol = content[at++] ?? kind.symbols
    if (symbol >= kind.symbols) throw damaged(`a symbol ${symbol}`)
    return oneSymbol(symbol)
  }
  const literals = read('literals', 6)
  const offsets = read('offsets', 4)
  const matches = read('matches', 2)
  return { tables: { literals, offsets, matches }, end: at }
}

function lengthOf({ base, bits }: Lengths, symbol: number, stream: BackwardBits): number {
  return base[symbol] + stream.read(bits[symbol])
}

/** Offsets up to 3 stand for one of the last three, or one less than the last. */
function distanceOf(value: number, isAlone: boolean, repeats: Repeats): number {
  const [first, second, third] = repeats
  if (value > 3) {
    repeats.splice(0, 3, value - 3, first, second)
    return value - 3
  }
  const choice = isAlone ? value + 1 : value
  if (choice === 1) return first
  if (choice === 2) {
    repeats.splice(0, 3, second, first, third)
    return second
  }
  const distance = choice === 3 ? third : first - 1
  repeats.splice(0, 3, distance, first, second)
  return distance
}
