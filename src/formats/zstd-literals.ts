import { BackwardBits, damaged } from './zstd-bits.ts'
import { FseState, readFse } from './zstd-fse.ts'

/** A Huffman code by the next `log` bits: the symbol, and how many of the bits are its own. */
export interface HuffmanTable {
  readonly log: number
  readonly symbols: Uint8Array
  readonly bits: Uint8Array
}

/** Bytes of a block that are no repetition. */
export interface Literals {
  readonly content: Uint8Array
  /** The code that later blocks may use again. */
  readonly huffman: HuffmanTable | null
  readonly end: number
}

const maxBits = 11
const maxSymbols = 255

/** Raw, one byte again and again, compressed, or compressed by the code before. */
const [raw, repeated, compressed] = [0, 1, 2]

/**
 * Reads the literals of a block (RFC 8878, 3.1.1.3.1), no more than `limit`. Throws a RangeError where they are
 * damaged.
 */
export function readLiterals(block: Uint8Array, known: HuffmanTable | null, limit: number): Literals {
  if (block.length === 0) throw damaged('a block without literals')
  const type = block[0] & 3
  const form = (block[0] >> 2) & 3
  if (type === raw || type === repeated) {
    const bytes = form === 1 ? 2 : form === 3 ? 3 : 1
    const size = within(little(block, 0, bytes) >> (bytes === 1 ? 3 : 4), limit)
    const end = bytes + (type === raw ? size : 1)
    if (end > block.length) throw damaged('literals that reach past their block')
    const content = type === raw ? block.subarray(bytes, end) : new Uint8Array(size).fill(block[bytes])
    return { content, huffman: known, end }
  }
  const bytes = [3, 3, 4, 5][form]
  const width = [10, 10, 14, 18][form]
  const head = Math.floor(little(block, 0, bytes) / 16)
  const size = within(head % 2 ** width, limit)
  const end = bytes + Math.floor(head / 2 ** width)
  if (end > block.length) throw damaged('literals that reach past their block')
  const code = type === compressed ? readHuffman(block.subarray(0, end), bytes) : { table: known, end: bytes }
  if (!code.table) throw damaged('no code before the first')
  const content = new Uint8Array(size)
  const packed = block.subarray(code.end, end)
  if (form === 0) decode(packed, code.table, content)
  else decodeFour(packed, code.table, content)
  return { content, huffman: code.table, end }
}

function within(size: number, limit: number): number {
  if (size > limit) throw damaged(`${size} bytes, expected at most ${limit}`)
  return size
}

function little(content: Uint8Array, at: number, bytes: number): number {
  let value = 0
  for (let k = bytes - 1; k >= 0; k--) value = 256 * value + (content[at + k] ?? 0)
  return value
}

/** Four streams of equal length but for the last, of which the first six bytes hold the sizes of three. */
function decodeFour(packed: Uint8Array, table: HuffmanTable, out: Uint8Array): void {
  const part = Math.ceil(out.length / 4)
  let at = 6
  for (let k = 0; k < 4; k++) {
    const end = k === 3 ? packed.length : at + little(packed, 2 * k, 2)
    if (end > packed.length || 3 * part > out.length) throw damaged('streams that reach past their literals')
    decode(packed.subarray(at, end), table, out.subarray(k * part, k === 3 ? out.length : (k + 1) * part))
    at = end
  }
}

function decode(packed: Uint8Array, { log, symbols, bits }: HuffmanTable, out: Uint8Array): void {
  const stream = new BackwardBits(packed)
  for (let k = 0; k < out.length; k++) {
    const entry = stream.peek(log)
    out[k] = symbols[entry]
    stream.left -= bits[entry]
  }
  if (stream.left !== 0) throw damaged('literals that do not end with their bits')
}

/** The weights of the symbols, packed in either way, of which the last follows from the others. */
function readHuffman(block: Uint8Array, start: number): { table: HuffmanTable; end: number } {
  const head = block[start] ?? 0
  const first = start + 1
  if (head < 128) {
    const end = first + head
    if (end > block.length) throw damaged('weights that reach past their block')
    return { table: huffmanTable(packedWeights(block.subarray(first, end))), end }
  }
  const count = head - 127
  const end = first + Math.ceil(count / 2)
  if (end > block.length) throw damaged('weights that reach past their block')
  const weights = Array.from({ length: count }, (_, k) => {
    const byte = block[first + (k >> 1)]
    return k % 2 === 0 ? byte >> 4 : byte & 15
  })
  return { table: huffmanTable(weights), end }
}

/** Two states take turns; when the bits of one run out, the other still has a weight. */
function packedWeights(content: Uint8Array): number[] {
  const { table, end } = readFse(content, 0, { symbols: maxSymbols, log: 6 })
  const bits = new BackwardBits(content.subarray(end))
  const states = [new FseState(table, bits), new FseState(table, bits)]
  const weights: number[] = []
  for (let turn = 0; weights.length < maxSymbols; turn = 1 - turn) {
    weights.push(states[turn].symbol)
    states[turn].advance(bits)
    if (bits.left >= 0) continue
    weights.push(states[1 - turn].symbol)
    return weights
  }
  throw damaged('more weights than symbols')
}

function huffmanTable(weights: readonly number[]): HuffmanTable {
  const share = (weight: number) => (weight === 0 ? 0 : 2 ** (weight - 1))
  const sum = weights.reduce((total, weight) => total + share(weight), 0)
  const log = 32 - Math.clz32(sum)
  const rest = 2 ** log - sum
  if (sum === 0 || log > maxBits || !Number.isInteger(Math.log2(rest)) || weights.length > maxSymbols)
    throw damaged('weights that make no code')
  const all = [...weights, Math.log2(rest) + 1]
  const symbols = new Uint8Array(2 ** log)
  const bits = new Uint8Array(2 ** log)
  let at = 0
  for (let weight = 1; weight <= log; weight++) {
    for (const [symbol, own] of all.entries()) {
      if (own !== weight) continue
      const end = at + share(weight)
      symbols.fill(symbol, at, end)
      bits.fill(log + 1 - weight, at, end)
      at = end
    }
  }
  return { log, symbols, bits }
}
