/*
 * Levels, indices and bits come in runs of equal numbers and of numbers packed together
 * (https://parquet.apache.org/docs/file-format/data-pages/encodings). A run of a billion takes four bytes.
 */

/** Bit-packed runs come in groups of eight, of which some writers fill up the last 64. */
const packedRunSlack = 504

/** Where runs end, and how many of their numbers equal the one that was asked for. */
interface Runs {
  readonly end: number
  readonly equal: number
}

/** Runs that begin with their length in bytes. */
export function checkPrefixedRuns(
  page: Uint8Array,
  at: number,
  width: number,
  count: number,
  wanted?: number,
): Runs {
  const bytes = new DataView(page.buffer, page.byteOffset, page.byteLength).getUint32(at, true)
  return { end: at + 4 + bytes, equal: checkRuns(page, at + 4, width, count, wanted) }
}

/**
 * Runs of equal numbers of `width` bits, or of numbers packed together, none longer than what is left of
 * `count`. Returns how many of the numbers are `wanted`.
 */
export function checkRuns(
  page: Uint8Array,
  start: number,
  width: number,
  count: number,
  wanted?: number,
): number {
  let at = start
  let equal = 0
  for (let seen = 0; seen < count && at < page.length; ) {
    let head = 0
    for (let shift = 0; ; shift += 7) {
      if (shift > 28 || at >= page.length) throw new SyntaxError('a run without a length')
      head += (page[at] & 0x7f) * 2 ** shift
      if (page[at++] < 0x80) break
    }
    const packed = head % 2 === 1
    const values = packed ? Math.floor(head / 2) * 8 : head / 2
    if (values > count - seen + (packed ? packedRunSlack : 0))
      throw new RangeError(`a run of ${values} values, expected at most ${count - seen}`)
    const real = Math.min(values, count - seen)
    if (packed)
      for (let i = 0; wanted !== undefined && i < real; i++)
        equal += +(bitsAt(page, at, i * width, width) === wanted)
    else if (bitsAt(page, at, 0, width) === wanted) equal += real
    at += packed ? (values / 8) * width : Math.ceil(width / 8)
    seen += values
  }
  return equal
}

/** The `width` bits from the bit `from` on after byte `at`; what lies past the end is 0. */
function bitsAt(page: Uint8Array, at: number, from: number, width: number): number {
  let value = 0
  for (let bit = 0; bit < width; bit++) {
    const place = from + bit
    value += (((page[at + (place >> 3)] ?? 0) >> (place & 7)) & 1) * 2 ** bit
  }
  return value
}
