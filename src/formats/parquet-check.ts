import { type ColumnMetaData, type FileMetaData, parquetSchema, type SchemaTree } from 'hyparquet'
import type { Bytes } from './bytes.ts'
import { blamingFile, formatError } from './format-error.ts'
import { compressors } from './parquet-codecs.ts'
import { checkPages } from './parquet-pages.ts'

/** A thousand values for each byte of the file, or 8 million, are more than any honest table has. */
const unsuspiciousValues = 2 ** 23
const maxValuesPerByte = 1000

/** Its values repeat the beginning of those before them, so that a page can unpack to its square. */
const refusedEncoding = 'DELTA_BYTE_ARRAY'

/** Their decoders build far more than the bytes they read, and no table of examples needs them. */
const refusedTypes = ['VARIANT', 'GEOMETRY', 'GEOGRAPHY']

/** What all columns together take, which no honest file spends twice. */
interface Spent {
  packed: number
  unpacked: number
  values: number
}

/**
 * Refuses columns that cannot be decoded here or would take more memory than the length of the file
 * justifies, before any of them is decoded.
 *
 * @throws UserError `format`
 */
export async function checkColumns(
  bytes: Bytes,
  footer: FileMetaData,
  columns: readonly string[],
): Promise<void> {
  const schema = parquetSchema(footer)
  const spent: Spent = { packed: 0, unpacked: 0, values: 0 }
  let rows = 0
  for (const group of footer.row_groups) {
    rows += Number(group.num_rows)
    for (const { meta_data: meta } of group.columns) {
      if (!meta) throw formatError(bytes, 'damaged (a column without metadata), copy or save it again')
      if (columns.includes(meta.path_in_schema[0])) await checkChunk(bytes, meta, schema, spent)
    }
  }
  await blamingFile(bytes, () => {
    atMost('rows', Number(footer.num_rows), maxValues(bytes))
    atMost('rows in groups', rows, Number(footer.num_rows))
  })
}

async function checkChunk(
  bytes: Bytes,
  meta: ColumnMetaData,
  schema: SchemaTree,
  spent: Spent,
): Promise<void> {
  const start = Number(meta.dictionary_page_offset || meta.data_page_offset)
  const length = Number(meta.total_compressed_size)
  const path = await blamingFile(bytes, () => {
    atMost('bytes before a column', start, bytes.byteLength)
    spent.packed += atMost('bytes in a column', length, bytes.byteLength - start)
    spent.values += atMost('values', Number(meta.num_values), maxValues(bytes))
    atMost('bytes in columns', spent.packed, bytes.byteLength)
    atMost('values', spent.values, maxValues(bytes))
    const names = pathTo(schema, meta.path_in_schema)
    checkSupported(bytes, meta, names)
    return names
  })
  const content = await bytes.slice(start, start + length)
  await blamingFile(bytes, () => {
    const chunk = { fileName: bytes.name, fileLength: bytes.byteLength, content, meta, path }
    spent.unpacked = checkPages(chunk, spent.unpacked)
  })
}

function checkSupported(bytes: Bytes, { codec, ...meta }: ColumnMetaData, path: readonly SchemaTree[]): void {
  const column = `column ${meta.path_in_schema.join('.')}`
  const { converted_type: converted } = path[path.length - 1].element
  if (codec !== 'UNCOMPRESSED' && !compressors[codec])
    throw formatError(
      bytes,
      `${column} is compressed with ${codec ?? 'an unknown codec'}, expected SNAPPY, GZIP, ZSTD, LZ4 or none, save it again with snappy`,
    )
  if (meta.encodings.includes(refusedEncoding))
    throw formatError(
      bytes,
      `${column} is encoded as ${refusedEncoding}, expected plain or dictionary pages, save it again with those`,
    )
  const refused = path.map(({ element }) => element.logical_type?.type ?? '').find(isRefused)
  const type =
    refused ?? (converted === 'DECIMAL' && meta.type.endsWith('BYTE_ARRAY') ? 'DECIMAL' : undefined)
  if (type)
    throw formatError(bytes, `${column} has type ${type}, expected numbers or text, save it again as those`)
}

function isRefused(type: string): boolean {
  return refusedTypes.includes(type)
}

function pathTo(schema: SchemaTree, names: readonly string[]): SchemaTree[] {
  const path = [schema]
  for (const name of names) {
    const child = path[path.length - 1].children.find(({ element }) => element.name === name)
    if (!child) throw new SyntaxError(`column ${names.join('.')} is not in the schema`)
    path.push(child)
  }
  return path
}

function maxValues(bytes: Bytes): number {
  return Math.max(unsuspiciousValues, maxValuesPerByte * bytes.byteLength)
}

function atMost(what: string, found: number, limit: number): number {
  if (found >= 0 && found <= limit) return found
  if (Number.isNaN(found)) throw new SyntaxError(`no number of ${what}`)
  throw new RangeError(`${found} ${what}, expected at most ${limit}`)
}
