import type { FileMetaData } from 'hyparquet'
import type { Bytes } from './bytes.ts'
import { blamingFile, formatError } from './format-error.ts'
import { readParquet } from './parquet.ts'
import { checkColumns } from './parquet-check.ts'
import { readFooter } from './parquet-footer.ts'
import { readThrift, type ThriftStruct } from './thrift.ts'

/** A column of text. Its values are decoded when they are first asked for. */
export interface TextColumn extends Iterable<string> {
  readonly length: number
  /** The value of a row, 0 to length − 1. */
  at(row: number): string
  /** The first row of a value; −1 where there is none. */
  indexOf(value: string): number
}

/**
 * Reads a column of text. Where its values stand plain, as `encodeParquetGroups` writes them uncompressed, only
 * their places are looked up. Errors as of `readParquet`, and `format` on gaps.
 */
export async function readParquetText(bytes: Bytes, name: string): Promise<TextColumn> {
  const footer = await readFooter(bytes)
  const chunks = plainChunks(footer, name)
  if (!chunks) return decodedText(bytes, name)
  await checkColumns(bytes, footer, [name])
  const read = chunks.map(async ({ start, end, count }) => ({
    content: await bytes.slice(start, end),
    count,
  }))
  const contents = await Promise.all(read)
  const text = await blamingFile(bytes, () => new PlainText(contents))
  const rows = Number(footer.num_rows)
  if (text.length === rows) return text
  throw formatError(
    bytes,
    `column ${name} has ${text.length} values, expected ${rows}, copy or save it again`,
  )
}

async function decodedText(bytes: Bytes, name: string): Promise<TextColumn> {
  const values = (await readParquet(bytes, [name]))[name]
  if (values.every(value => typeof value === 'string')) return textColumn(values)
  throw formatError(bytes, `column ${name} is not text throughout, expected that, save it again as text`)
}

/** Text that is in memory already. */
function textColumn(values: readonly string[]): TextColumn {
  return {
    length: values.length,
    at: row => values[row],
    indexOf: value => values.indexOf(value),
    [Symbol.iterator]: () => values.values(),
  }
}

interface PlainChunk {
  readonly start: number
  readonly end: number
  /** Of its values */
  readonly count: number
}

/** Where the column stands, group by group; null where its values do not stand plain. */
function plainChunks(footer: FileMetaData, name: string): PlainChunk[] | null {
  const element = footer.schema.find(element => element.name === name)
  if (element?.type !== 'BYTE_ARRAY' || element.repetition_type !== 'REQUIRED') return null
  const metas = footer.row_groups.map(({ columns }) =>
    columns.map(({ meta_data }) => meta_data).find(meta => meta?.path_in_schema.join('.') === name),
  )
  const chunks: PlainChunk[] = []
  for (const meta of metas) {
    const isPlain = meta?.codec === 'UNCOMPRESSED' && meta.encodings.every(encoding => encoding === 'PLAIN')
    if (!isPlain || meta.dictionary_page_offset) return null
    const start = Number(meta.data_page_offset)
    const end = start + Number(meta.total_compressed_size)
    chunks.push({ start, end, count: Number(meta.num_values) })
  }
  return chunks
}

/** The numbers of page types, of an encoding, and of the fields that say them (see `checkPages`). */
const DATA_PAGE = 0
const DATA_PAGE_V2 = 3
const PLAIN = 0

/** Bytes before a value, which say how many it has. */
const PREFIX = 4

/** Values as they stand in the pages of column chunks. Throws a RangeError or SyntaxError where they are damaged. */
class PlainText implements TextColumn {
  readonly length: number
  readonly #pages: readonly PlainPage[]
  readonly #decoder = new TextDecoder()
  readonly #known: (string | undefined)[]

  constructor(chunks: readonly { readonly content: Uint8Array; readonly count: number }[]) {
    const pages: PlainPage[] = []
    let rows = 0
    for (const { content, count: wanted } of chunks) {
      // As far as `checkPages` has gone.
      for (let at = 0, last = rows + wanted; rows < last; ) {
        const { value: header, end } = readThrift(content, at)
        at = end + Number(header[3])
        const page = header[1] === DATA_PAGE_V2 ? header[8] : header[1] === DATA_PAGE ? header[5] : null
        const { 1: count, [header[1] === DATA_PAGE ? 2 : 4]: encoding } = (page ?? {}) as ThriftStruct
        if (typeof count !== 'number' || count < 1 || encoding !== PLAIN || at <= end)
          throw new SyntaxError('a page that is not plain')
        pages.push({ first: rows, ...startsOf(content.subarray(end, at), count) })
        rows += count
      }
    }
    this.length = rows
    this.#pages = pages
    this.#known = new Array(rows)
  }

  at(row: number): string {
    this.#known[row] ??= this.#decode(row)
    return this.#known[row]
  }

  indexOf(value: string): number {
    const wanted = new TextEncoder().encode(value)
    for (const { first, values, starts } of this.#pages) {
      for (let i = 0; i + 1 < starts.length; i++) {
        if (starts[i + 1] - starts[i] !== PREFIX + wanted.length) continue
        const start = starts[i] + PREFIX
        if (wanted.every((byte, k) => values[start + k] === byte)) return first + i
      }
    }
    return -1
  }

  *[Symbol.iterator](): Generator<string> {
    for (let row = 0; row < this.length; row++) yield this.at(row)
  }

  #decode(row: number): string {
    const page = this.#pages.findLast(({ first }) => first <= row)
    if (!page || row >= this.length) throw new RangeError(`row ${row} of ${this.length}`)
    const { values, starts, first } = page
    return this.#decoder.decode(values.subarray(starts[row - first] + PREFIX, starts[row - first + 1]))
  }
}

interface PlainPage {
  readonly first: number
  readonly values: Uint8Array
  /** Where each value starts, with what stands before it, and where the last one ends [count + 1]. */
  readonly starts: Uint32Array
}

function startsOf(values: Uint8Array, count: number): Pick<PlainPage, 'values' | 'starts'> {
  if (count * PREFIX > values.length) throw new RangeError(`${count} values in ${values.length} bytes`)
  const view = new DataView(values.buffer, values.byteOffset, values.byteLength)
  const starts = new Uint32Array(count + 1)
  let at = 0
  for (let i = 0; i < count; i++) {
    at += PREFIX + view.getUint32(at, true)
    if (at > values.length) throw new RangeError(`value ${i} of a page reaches past it`)
    starts[i + 1] = at
  }
  return { values, starts }
}
