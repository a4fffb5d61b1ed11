import { gunzipSync } from 'fflate'
import { type Compressors, snappyUncompress } from 'hyparquet'
import { unpackFramedLz4, unpackLz4 } from './lz4.ts'
import { unpackZstd } from './zstd.ts'

/**
 * The codecs whose output, and time, are bounded by the length that a page states: each fills a buffer of that
 * length and writes nowhere else. For Brotli there is no such decoder here.
 */
export const compressors: Compressors = {
  SNAPPY: (packed, length) => {
    const page = new Uint8Array(length)
    snappyUncompress(packed, page)
    return page
  },
  GZIP: (packed, length) => gunzipSync(packed, { out: new Uint8Array(length) }),
  ZSTD: unpackZstd,
  LZ4: unpackFramedLz4,
  LZ4_RAW: unpackLz4,
}
