import { Gunzip } from 'fflate'
import type { Compressors } from 'hyparquet'
import { unpackFramedLz4, unpackLz4 } from './lz4.ts'
import { unpackSnappy } from './snappy.ts'
import { unpackZstd } from './zstd.ts'

/**
 * The codecs whose output, and time, are bounded by the length that a page states: each fills a buffer of that
 * length and writes nowhere else. For Brotli there is no such decoder here.
 */
export const compressors: Compressors = {
  SNAPPY: unpackSnappy,
  GZIP: unpackGzip,
  ZSTD: unpackZstd,
  LZ4: unpackFramedLz4,
  LZ4_RAW: unpackLz4,
}

/** 16 KiB unpack to 17 MB at most, so that too much is noticed before it takes long. */
const pushBytes = 2 ** 14

function unpackGzip(packed: Uint8Array, length: number): Uint8Array {
  const out = new Uint8Array(length)
  let written = 0
  const stream = new Gunzip(piece => {
    if (written + piece.length > length) throw new RangeError(`gzip: more than ${length} bytes`)
    out.set(piece, written)
    written += piece.length
  })
  for (let at = 0; at < packed.length; at += pushBytes) {
    stream.push(packed.subarray(at, at + pushBytes), at + pushBytes >= packed.length)
  }
  if (written === length) return out
  throw new RangeError(`gzip: ${written} bytes, expected ${length}`)
}
