import { type FileMetaData, parquetMetadata, parquetSchema } from 'hyparquet'
import type { Bytes } from './bytes.ts'
import { blamingFile, formatError } from './format-error.ts'
import { readThrift } from './thrift.ts'

/** What a Parquet file says of itself. */
export interface ParquetInfo {
  readonly rows: number
  readonly columns: readonly string[]
  /** Free text by key, such as `huggingface`. */
  readonly metadata: ReadonlyMap<string, string>
}

/** The magic bytes at both ends, and the length of the footer before the last of them. */
const magicSize = 4
const endSize = 8

/**
 * Reads the number of rows, the columns and the metadata.
 *
 * @throws UserError `format` on a file that is not Parquet or is damaged.
 */
export async function readParquetInfo(bytes: Bytes): Promise<ParquetInfo> {
  const footer = await readFooter(bytes)
  const texts = (footer.key_value_metadata ?? []).map(({ key, value }) => [key, value ?? ''] as const)
  return { rows: Number(footer.num_rows), columns: columnNames(footer), metadata: new Map(texts) }
}

/** Reads the footer, whose lists and numbers are walked once before hyparquet believes them. */
export async function readFooter(bytes: Bytes): Promise<FileMetaData> {
  const tail = await bytes.slice(Math.max(0, bytes.byteLength - endSize), bytes.byteLength)
  if (bytes.byteLength < magicSize + endSize || String.fromCharCode(...tail.subarray(magicSize)) !== 'PAR1')
    throw formatError(bytes, 'not a Parquet file or a truncated one, copy or save it again')
  const length = new DataView(tail.buffer, tail.byteOffset, endSize).getUint32(0, true)
  const start = bytes.byteLength - endSize - length
  if (start < magicSize)
    throw formatError(bytes, `a footer of ${length} bytes in ${bytes.byteLength}, copy or save it again`)
  const content = await bytes.slice(start, bytes.byteLength)
  return blamingFile(bytes, () => {
    readThrift(content)
    const footer = parquetMetadata(content, { geoparquet: false })
    if (columnNames(footer).some(name => typeof name !== 'string'))
      throw new SyntaxError('a column without a name')
    return footer
  })
}

/** The columns as a table has them: a struct or a list is one. */
export function columnNames(footer: FileMetaData): string[] {
  return parquetSchema(footer).children.map(({ element }) => element.name)
}
