/** As the format allows them, and far above what is written: blocks of 128 numbers in 4 parts. */
const maxBlock = 2 ** 16
const partMultiple = 32
const maxBits = 64
const maxVarintBytes = 10

/**
 * Walks the first `count` numbers of DELTA_BINARY_PACKED from byte `start` on and returns where they end. The
 * decoder believes their sizes, and its time grows with the square of a number that does not end. Throws a
 * RangeError or SyntaxError on what no writer would write.
 *
 * A head says how long blocks are and of how many parts; a block has its smallest difference, the bits of
 * each part's numbers, then the parts (https://parquet.apache.org/docs/file-format/data-pages/encodings).
 */
export function checkDelta(page: Uint8Array, start: number, count: number): number {
  let at = start
  const byte = (): number => {
    if (at >= page.length) throw new RangeError('differences that reach past their page')
    return page[at++]
  }
  const varint = (): number => {
    let value = 0
    for (let i = 0; i < maxVarintBytes; i++) {
      const next = byte()
      value += (next & 0x7f) * 2 ** (7 * i)
      if (next < 0x80) return value
    }
    throw new SyntaxError(`a number of more than ${maxVarintBytes} bytes`)
  }
  const block = varint()
  const parts = varint()
  const part = block / parts
  if (block === 0 || block > maxBlock || !Number.isInteger(part) || part % partMultiple !== 0)
    throw new RangeError(`differences in blocks of ${block} in ${parts} parts`)
  varint()
  varint()
  for (let left = count - 1; left > 0; ) {
    varint()
    const widths = Array.from({ length: parts }, byte)
    for (const width of widths) {
      if (left <= 0) break
      if (width > maxBits) throw new RangeError(`differences of ${width} bits`)
      at += (part / 8) * width
      left -= part
    }
    if (at > page.length) throw new RangeError('differences that reach past their page')
  }
  return at
}
