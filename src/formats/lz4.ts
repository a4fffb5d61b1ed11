/*
 * LZ4 blocks (https://github.com/lz4/lz4/blob/dev/doc/lz4_Block_format.md) into a buffer of a known length, and
 * nothing beyond it.
 */

const frameHeadSize = 8
const minMatch = 4
/** A length of so much goes on in the bytes that follow. */
const openLength = 15

/** Unpacks one block to exactly `length` bytes. Throws a RangeError on anything else. */
export function unpackLz4(packed: Uint8Array, length: number): Uint8Array {
  const out = new Uint8Array(length)
  expectLength(unpackBlock(packed, out, 0), length)
  return out
}

/** The same for a block, or for blocks as Hadoop frames them: `length, packed length, block`, big-endian. */
export function unpackFramedLz4(packed: Uint8Array, length: number): Uint8Array {
  const view = new DataView(packed.buffer, packed.byteOffset, packed.byteLength)
  const ends: number[] = []
  for (let at = 0; at + frameHeadSize <= packed.length; ends.push(at))
    at += frameHeadSize + view.getUint32(at + 4)
  if (ends.at(-1) !== packed.length) return unpackLz4(packed, length)
  const out = new Uint8Array(length)
  let written = 0
  let start = 0
  for (const end of ends) {
    const stated = written + view.getUint32(start)
    written = unpackBlock(packed.subarray(start + frameHeadSize, end), out, written)
    expectLength(written, stated)
    start = end
  }
  expectLength(written, length)
  return out
}

/** Writes a block behind the `written` bytes, and returns how many there are then. */
function unpackBlock(packed: Uint8Array, out: Uint8Array, written: number): number {
  let at = 0
  let to = written
  const lengthOf = (short: number): number => {
    let length = short
    for (let more = short === openLength ? 255 : 0; more === 255; length += more) {
      if (at >= packed.length) throw new RangeError('lz4: a length that does not end')
      more = packed[at++]
    }
    return length
  }
  while (at < packed.length) {
    const token = packed[at++]
    const literals = lengthOf(token >> 4)
    if (at + literals > packed.length || to + literals > out.length)
      throw new RangeError('lz4: literals that have no place')
    out.set(packed.subarray(at, at + literals), to)
    at += literals
    to += literals
    if (at === packed.length) return to
    const distance = packed[at] | (packed[at + 1] << 8)
    at += 2
    const matched = lengthOf(token & openLength) + minMatch
    if (distance === 0 || distance > to - written || to + matched > out.length)
      throw new RangeError('lz4: a repetition of what is not there')
    for (const stop = to + matched; to < stop; to++) out[to] = out[to - distance]
  }
  throw new RangeError('lz4: a block without its last literals')
}

function expectLength(found: number, expected: number): void {
  if (found !== expected) throw new RangeError(`lz4: ${found} bytes, expected ${expected}`)
}
