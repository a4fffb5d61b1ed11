/**
 * Unpacks Snappy (https://github.com/google/snappy/blob/main/format_description.txt) to exactly `length` bytes,
 * and writes nothing beyond them. Throws a RangeError on anything else.
 */
export function unpackSnappy(packed: Uint8Array, length: number): Uint8Array {
  const out = new Uint8Array(length)
  let at = 0
  let to = 0
  const little = (bytes: number): number => {
    if (at + bytes > packed.length) throw new RangeError('snappy: truncated')
    let value = 0
    for (let k = 0; k < bytes; k++) value += packed[at++] * 2 ** (8 * k)
    return value
  }
  // The length once more, seven bits a byte; the one that is stated elsewhere counts.
  while (little(1) >= 128);
  while (at < packed.length) {
    const tag = little(1)
    const kind = tag & 3
    if (kind === 0) {
      const short = tag >> 2
      const size = 1 + (short < 60 ? short : little(short - 59))
      if (at + size > packed.length || to + size > length)
        throw new RangeError('snappy: literals that have no place')
      out.set(packed.subarray(at, at + size), to)
      at += size
      to += size
      continue
    }
    const size = kind === 1 ? 4 + ((tag >> 2) & 7) : 1 + (tag >> 2)
    const distance = kind === 1 ? 256 * (tag >> 5) + little(1) : little(kind === 2 ? 2 : 4)
    if (distance === 0 || distance > to || to + size > length)
      throw new RangeError('snappy: a repetition of what is not there')
    for (const stop = to + size; to < stop; to++) out[to] = out[to - distance]
  }
  if (to !== length) throw new RangeError(`snappy: ${to} bytes, expected ${length}`)
  return out
}
