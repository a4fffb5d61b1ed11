import { gunzipSync } from 'fflate'
import { type Compressors, snappyUncompress } from 'hyparquet'
import { decompressLz4, decompressLz4Raw, decompressZstd } from 'hyparquet-compressors'

/**
 * The codecs whose output is bounded by the length that a page states: each fills a buffer of that length and
 * can write nowhere else. Brotli's decoder makes its own buffer as large as the data want it, so it is missing.
 */
export const compressors: Compressors = {
  SNAPPY: (packed, length) => {
    const page = new Uint8Array(length)
    snappyUncompress(packed, page)
    return page
  },
  GZIP: (packed, length) => gunzipSync(packed, { out: new Uint8Array(length) }),
  ZSTD: (packed, length) => decompressZstd(packed, new Uint8Array(length)),
  LZ4: (packed, length) => (isFramed(packed) ? decompressLz4(packed, length) : unpackBlock(packed, length)),
  LZ4_RAW: unpackBlock,
}

/** A block of nothing is a byte, for which the decoder looks where no data are. */
function unpackBlock(packed: Uint8Array, length: number): Uint8Array {
  return length === 0 ? new Uint8Array(0) : decompressLz4Raw(packed, length)
}

const frameHeadSize = 8

/**
 * Whether bytes are LZ4 blocks as Hadoop frames them: `length, packed length, block`, big-endian, to the very
 * end. The decoder finds that out by itself, but follows a negative length back and forth for ever.
 */
function isFramed(packed: Uint8Array): boolean {
  const view = new DataView(packed.buffer, packed.byteOffset, packed.byteLength)
  let at = 0
  while (at + frameHeadSize <= packed.length) at += frameHeadSize + view.getUint32(at + 4)
  return at === packed.length
}
