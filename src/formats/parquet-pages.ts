import type { ColumnMetaData, SchemaTree } from 'hyparquet'
import { checkInflated, defaultInflateLimit } from './inflate.ts'
import { compressors } from './parquet-codecs.ts'
import { checkDelta } from './parquet-delta.ts'
import { checkPrefixedRuns, checkRuns } from './parquet-runs.ts'
import { readThrift, type ThriftStruct } from './thrift.ts'

/*
 * hyparquet believes what a file says of itself: a run of a billion equal values takes four bytes of a
 * page, and decoding it takes the heap. So the pages are walked here first and every count in them is held
 * against the number of values that the column may have (https://parquet.apache.org/docs/file-format).
 */

const dataPage = 0
const dictionaryPage = 2
const dataPageV2 = 3

/** Bytes of one value, where that is the same for all; the schema says it of those of a fixed length. */
const fixedWidths: { readonly [type: string]: number } = { INT32: 4, FLOAT: 4, INT64: 8, DOUBLE: 8 }

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
    seen += checkPage(header, content.subarray(end, at), chunk, levels)
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
function checkPage(
  header: ThriftStruct,
  body: Uint8Array,
  { meta, path }: ColumnChunk,
  levels: Levels,
): number {
  const width = fixedWidths[meta.type] ?? path[path.length - 1].element.type_length ?? 0
  const unpacked = length(header[2])
  if (header[1] === dictionaryPage) {
    const entries = length(fields(header[7])[1])
    if (entries > 8 * unpacked) throw new RangeError(`a dictionary of ${entries} values in ${unpacked} bytes`)
    return 0
  }
  if (header[1] === dataPage) {
    const { 1: num, 2: encoding } = fields(header[5])
    const count = length(num)
    const page = unpack(body, unpacked, meta)
    let at = 0
    let present = count
    if (levels.repetition) at = checkPrefixedRuns(page, at, bitWidth(levels.repetition), count).end
    if (levels.definition) {
      const runs = checkPrefixedRuns(page, at, bitWidth(levels.definition), count, levels.definition)
      at = runs.end
      present = runs.equal
    }
    checkValues(encoding, { page, at, count, present, bits: meta.type === 'BOOLEAN', width })
    return count
  }
  if (header[1] !== dataPageV2) throw new SyntaxError('a page of an unknown type')
  const {
    1: num,
    2: nulls,
    4: encoding,
    5: definitionBytes,
    6: repetitionBytes,
    7: compressed,
  } = fields(header[8])
  const count = length(num)
  let at = length(repetitionBytes)
  if (levels.repetition) checkRuns(body, 0, bitWidth(levels.repetition), count)
  if (levels.definition) {
    checkRuns(body, at, bitWidth(levels.definition), count)
    at += length(definitionBytes)
  }
  const packed = body.subarray(at)
  const valueBytes = length(unpacked - length(repetitionBytes) - length(definitionBytes))
  const page = compressed === false ? packed : unpack(packed, valueBytes, meta)
  const present = length(count - length(nulls))
  checkValues(encoding, { page, at: 0, count, present, bits: encoding === runLength, width })
  return count
}

function unpack(packed: Uint8Array, unpacked: number, { codec }: ColumnMetaData): Uint8Array {
  const decompress = compressors[codec]
  return decompress ? decompress(packed, unpacked) : packed
}

/** The values of a page, behind their levels. */
interface Values {
  readonly page: Uint8Array
  readonly at: number
  /** With gaps, and without. */
  readonly count: number
  readonly present: number
  /** Whether runs are of bits, with their length before them. */
  readonly bits: boolean
  /** Bytes of one value; 0 where that differs. */
  readonly width: number
}

const runLength = 3

/** What bounds the values of an encoding, by its number; the length of a page bounds those that are plain. */
const valueChecks: ReadonlyMap<unknown, (values: Values) => void> = new Map([
  [0, () => {}],
  [2, checkIndices],
  [runLength, checkIndices],
  [5, ({ page, at, present }: Values) => void checkDelta(page, at, present)],
  [6, ({ page, at, present }: Values) => void checkDelta(page, at, present)],
  [8, checkIndices],
  [9, checkSplit],
])

function checkValues(encoding: unknown, values: Values): void {
  const check = valueChecks.get(encoding)
  if (!check) throw new SyntaxError('a page of another encoding')
  check(values)
}

/** Indices into a dictionary, or bits, come in runs. */
function checkIndices({ page, at, count, bits }: Values): void {
  if (bits) checkPrefixedRuns(page, at, 1, count)
  else if (at < page.length) checkRuns(page, at + 1, page[at], count)
}

/** The first bytes of all values, then the second ones, … */
function checkSplit({ page, at, present, width }: Values): void {
  if (width === 0) throw new SyntaxError('values of no one size, split into bytes')
  if (present * width > page.length - at) throw new RangeError(`${present} values that reach past their page`)
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
