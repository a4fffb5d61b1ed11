import { damaged } from './zstd-bits.ts'
import { type HuffmanTable, readLiterals } from './zstd-literals.ts'
import { applySequences, type Repeats, type SequenceTables } from './zstd-sequences.ts'

/*
 * Zstandard (RFC 8878) into a buffer of a known length. There are decoders in JavaScript, which take minutes
 * for twenty bytes that claim much: here nothing is done for output that has no place.
 */

const magic = 0xfd2fb528
const skippable = 0x184d2a50
const maxBlock = 2 ** 17

/** What a frame hands on from block to block. */
interface FrameState {
  huffman: HuffmanTable | null
  tables: SequenceTables | null
  /** The last three offsets. */
  repeats: Repeats
}

/** Unpacks frames to exactly `length` bytes. Throws a RangeError on anything else, and on dictionaries. */
export function unpackZstd(packed: Uint8Array, length: number): Uint8Array {
  const out = new Uint8Array(length)
  const view = new DataView(packed.buffer, packed.byteOffset, packed.byteLength)
  let written = 0
  for (let at = 0; at < packed.length; ) {
    const found = view.getUint32(at, true)
    if ((found & 0xfffffff0) >>> 0 === skippable) {
      at += 8 + view.getUint32(at + 4, true)
      continue
    }
    if (found !== magic) throw damaged('no frame')
    const frame = unpackFrame(packed, at + 4, out.subarray(written))
    at = frame.end
    written += frame.written
  }
  if (written === length) return out
  throw damaged(`${written} bytes, expected ${length}`)
}

function unpackFrame(packed: Uint8Array, start: number, out: Uint8Array): { end: number; written: number } {
  const flags = packed[start]
  const isOneSegment = (flags & 0x20) !== 0
  const hasChecksum = (flags & 4) !== 0
  if ((flags & 0x0b) !== 0) throw damaged('a frame with a dictionary or of another version')
  const sizeBytes = [isOneSegment ? 1 : 0, 2, 4, 8][flags >> 6]
  let at = start + 1 + (isOneSegment ? 0 : 1) + sizeBytes
  const state: FrameState = { huffman: null, tables: null, repeats: [1, 4, 8] }
  let written = 0
  for (let isLast = false; !isLast; ) {
    if (at + 3 > packed.length) throw damaged('truncated')
    const head = packed[at] | (packed[at + 1] << 8) | (packed[at + 2] << 16)
    isLast = (head & 1) === 1
    const type = (head >> 1) & 3
    const size = head >> 3
    const end = at + 3 + (type === 1 ? 1 : size)
    if (end > packed.length) throw damaged('truncated')
    written = blocks[type](packed.subarray(at + 3, end), size, out, written, state)
    at = end
  }
  return { end: at + (hasChecksum ? 4 : 0), written }
}

/** Writes what a block holds behind the `written` bytes of its frame, and returns how many there are then. */
type UnpackBlock = (
  content: Uint8Array,
  size: number,
  out: Uint8Array,
  written: number,
  state: FrameState,
) => number

/** Raw, one byte again and again, compressed; the last is reserved. */
const blocks: readonly UnpackBlock[] = [
  (content, size, out, written) => {
    expectRoom(size, out, written)
    out.set(content, written)
    return written + size
  },
  ([byte], size, out, written) => {
    expectRoom(size, out, written)
    out.fill(byte, written, written + size)
    return written + size
  },
  (content, _, out, written, state) => {
    const room = Math.min(maxBlock, out.length - written)
    const { huffman, ...literals } = readLiterals(content, state.huffman, room)
    state.huffman = huffman
    const block = { content, at: literals.end, literals: literals.content }
    const applied = applySequences(block, out.subarray(0, written + room), written, state)
    state.tables = applied.tables
    return applied.written
  },
  () => {
    throw damaged('a block of an unknown type')
  },
]

function expectRoom(size: number, out: Uint8Array, written: number): void {
  if (written + size > out.length) throw damaged(`more than ${out.length} bytes`)
}
