import { gunzipSync } from 'fflate'
import { type ColumnMetaData, type Compressors, type SchemaTree, snappyUncompress } from 'hyparquet'
import { checkInflated, defaultInflateLimit } from './inflate.ts'
import { readThrift, type ThriftStruct } from './thrift.ts'

/*
 * hyparquet believes what a file says of itself: a run of a billion equal values takes four bytes of a
 * page, and decoding it takes the heap. So the pages are walked here first and every count in them is held
 * against the number of values that the column may have (https://parquet.apache.org/docs/file-format).
 */

/** What needs no package that is not installed anyway. */
export const compressors: Compressors = {
  SNAPPY: (packed, length) => {
    const page = new Uint8Array(length)
    snappyUncompress(packed, page)
    return page
  },
  GZIP: (packed, length) => gunzipSync(packed, { out: new Uint8Array(length) }),
}

const dataPage = 0
const dictionaryPage = 2
const dataPageV2 = 3

/** PLAIN, PLAIN_DICTIONARY, RLE and RLE_DICTIONARY, by their numbers. */
const plain = 0
const runLength = 3
const encodings = [plain, 2, runLength, 8]

/** Bit-packed runs come in groups of eight, of which some writers fill up the last 64. */
const packedRunSlack = 504

/** The pages of one column in one row group, and what the schema says of their values. */
export interface ColumnChunk {
  readonly fileName: string
  readonly fileLength: number
  readonly content: Uint8Array
  readonly meta: ColumnMetaData
  /** From the root of the schema to the column. */
  readonly path: readonly SchemaTree[]
}

interface Levels {
  readonly repetition: number
  readonly definition: number
}

/**
 * Walks the pages of a column chunk and returns how many bytes they unpack to, counted on from `unpacked`.
 * Throws a RangeError or SyntaxError where a page is damaged and a UserError where it is a zip bomb.
 */
export function checkPages(chunk: ColumnChunk, unpacked: number): number {
  const { content, meta, path } = chunk
  const levels = maxLevels(path)
  const expected = Number(meta.num_values)
  let total = unpacked
  let seen = 0
  for (let at = 0; at < content.length - 1 && (seen < expected || levels.repetition > 0); ) {
    const { value: header, end } = readThrift(content, at)
    at = end + length(header[3])
    if (at > content.length) throw new RangeError(`a page of ${header[3]} bytes reaches past its column`)
    total += length(header[2])
    checkInflated(chunk.fileName, chunk.fileLength, total, defaultInflateLimit)
    seen += checkPage(header, content.subarray(end, at), meta, levels)
    if (seen > expected) throw new RangeError(`${seen} values, expected ${expected}`)
  }
  return total
}

/** Levels count the optional and the repeated fields on the way to a value. */
function maxLevels(path: readonly SchemaTree[]): Levels {
  const kinds = path.map(({ element }) => element.repetition_type)
  return {
    repetition: kinds.filter(kind => kind === 'REPEATED').length,
    definition: kinds.slice(1).filter(kind => kind !== 'REQUIRED').length,
  }
}

/** Checks one page and returns the number of its values. */
function checkPage(header: ThriftStruct, body: Uint8Array, meta: ColumnMetaData, levels: Levels): number {
  const unpacked = length(header[2])
  if (header[1] === dictionaryPage) {
    const entries = length(fields(header[7])[1])
    if (entries > 8 * unpacked) throw new RangeError(`a dictionary of ${entries} values in ${unpacked} bytes`)
    return 0
  }
  if (header[1] === dataPage) {
    const { 1: count, 2: encoding } = fields(header[5])
    const page = unpack(body, unpacked, meta)
    let at = 0
    if (levels.repetition) at = checkPrefixedRuns(page, at, bitWidth(levels.repetition), length(count))
    if (levels.definition) at = checkPrefixedRuns(page, at, bitWidth(levels.definition), length(count))
    checkValues(page, at, encoding, length(count), meta.type === 'BOOLEAN')
    return length(count)
  }
  if (header[1] !== dataPageV2) throw new SyntaxError('a page of an unknown type')
  const { 1: count, 4: encoding, 5: definitionBytes, 6: repetitionBytes, 7: compressed } = fields(header[8])
  let at = length(repetitionBytes)
  if (levels.repetition) checkRuns(body, 0, bitWidth(levels.repetition), length(count))
  if (levels.definition) {
    checkRuns(body, at, bitWidth(levels.definition), length(count))
    at += length(definitionBytes)
  }
  const packed = body.subarray(at)
  const valueBytes = length(unpacked - length(repetitionBytes) - length(definitionBytes))
  const page = compressed === false ? packed : unpack(packed, valueBytes, meta)
  checkValues(page, 0, encoding, length(count), encoding === runLength)
  return length(count)
}

function unpack(packed: Uint8Array, unpacked: number, { codec }: ColumnMetaData): Uint8Array {
  const decompress = compressors[codec]
  return decompress ? decompress(packed, unpacked) : packed
}

/** Values are plain, which their length bounds, or indices into a dictionary or bits, which come in runs. */
function checkValues(page: Uint8Array, at: number, encoding: unknown, count: number, bits: boolean): void {
  if (!encodings.includes(encoding as number)) throw new SyntaxError('a page of another encoding')
  if (encoding === plain) return
  if (bits) checkPrefixedRuns(page, at, 1, count)
  else if (at < page.length) checkRuns(page, at + 1, page[at], count)
}

/** Runs that begin with their length in bytes; returns where they end. */
function checkPrefixedRuns(page: Uint8Array, at: number, width: number, count: number): number {
  const bytes = new DataView(page.buffer, page.byteOffset, page.byteLength).getUint32(at, true)
  checkRuns(page, at + 4, width, count)
  return at + 4 + bytes
}

/** Runs of equal numbers of `width` bits, or of numbers packed together, none longer than all `count`. */
function checkRuns(page: Uint8Array, start: number, width: number, count: number): void {
  let at = start
  for (let seen = 0; seen < count && at < page.length; ) {
    let head = 0
    for (let shift = 0; ; shift += 7) {
      if (shift > 28 || at >= page.length) throw new SyntaxError('a run without a length')
      head += (page[at] & 0x7f) * 2 ** shift
      if (page[at++] < 0x80) break
    }
    const packed = head % 2 === 1
    const values = packed ? Math.floor(head / 2) * 8 : head / 2
    if (values > count + (packed ? packedRunSlack : 0))
      throw new RangeError(`a run of ${values} values, expected at most ${count}`)
    at += packed ? (values / 8) * width : Math.ceil(width / 8)
    seen += values
  }
}

function bitWidth(level: number): number {
  return 32 - Math.clz32(level)
}

function length(value: unknown): number {
  if (typeof value !== 'number') throw new SyntaxError('a page header without its lengths')
  if (value < 0) throw new RangeError(`a length of ${value}`)
  return value
}

function fields(value: unknown): ThriftStruct {
  if (typeof value !== 'object' || value === null) throw new SyntaxError('a page without its header')
  return value as ThriftStruct
}
