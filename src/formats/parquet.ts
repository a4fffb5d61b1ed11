import { type AsyncBuffer, type DecodedArray, type FileMetaData, parquetRead } from 'hyparquet'
import { UserError } from '../user-error.ts'
import type { Bytes } from './bytes.ts'
import { blamingFile, formatError } from './format-error.ts'
import { checkColumns } from './parquet-check.ts'
import { compressors } from './parquet-codecs.ts'
import { columnNames, readFooter } from './parquet-footer.ts'

export { readParquetInfo } from './parquet-footer.ts'

/**
 * Reads columns by name, all by default. Text comes as strings, 64-bit integers as numbers where they fit
 * and as bigints elsewhere, other bytes as Uint8Array, lists as arrays, structs as objects, gaps as null.
 *
 * @throws UserError `not-found` on a column that the file lacks, `format` on a file that is not Parquet, is
 * damaged, or has columns encoded in a way that cannot be read here.
 */
export async function readParquet(
  bytes: Bytes,
  columns?: readonly string[],
): Promise<Record<string, unknown[]>> {
  return readColumns(bytes, await readFooter(bytes), columns)
}

/** A file that is read in parts, as it was written. */
export interface ParquetGroups {
  /** How many rows each group has. */
  readonly rows: readonly number[]
  /** As `readParquet`, for the rows of one group. */
  read(group: number, columns: readonly string[]): Promise<Record<string, unknown[]>>
}

/** Opens a file to be read group by group. Errors as of `readParquet`. */
export async function openParquet(bytes: Bytes): Promise<ParquetGroups> {
  const footer = await readFooter(bytes)
  const rows = footer.row_groups.map(group => Number(group.num_rows))
  if (rows.reduce((sum, count) => sum + count, 0) !== Number(footer.num_rows))
    throw formatError(bytes, 'damaged (its groups have other rows than it says), copy or save it again')
  return {
    rows,
    read: (group, columns) => {
      const { num_rows, ...rest } = footer.row_groups[group]
      return readColumns(bytes, { ...footer, num_rows, row_groups: [{ ...rest, num_rows }] }, columns)
    },
  }
}

async function readColumns(
  bytes: Bytes,
  footer: FileMetaData,
  columns: readonly string[] | undefined,
): Promise<Record<string, unknown[]>> {
  const present = columnNames(footer)
  const wanted = [...new Set(columns ?? present)]
  for (const name of wanted) {
    if (present.includes(name)) continue
    const sentence = `column not found: ${name}, expected one of ${present.join(', ')}`
    throw new UserError('not-found', `${bytes.name}: ${sentence}`)
  }
  await checkColumns(bytes, footer, wanted)
  const parts = new Map<string, Part[]>(wanted.map(name => [name, []]))
  return blamingFile(bytes, async () => {
    await parquetRead({
      file: asyncBufferOf(bytes),
      metadata: footer,
      columns: wanted,
      compressors,
      // Bytes are text only where the schema says so: an image is none.
      utf8: false,
      onChunk: ({ columnName, columnData, rowStart }) =>
        parts.get(columnName)?.push({ values: columnData, start: rowStart }),
    })
    const rows = Number(footer.num_rows)
    return Object.fromEntries(wanted.map(name => [name, join(bytes, name, parts.get(name) ?? [], rows)]))
  })
}

/** A run of values of a column, as they come. */
interface Part {
  readonly values: DecodedArray
  readonly start: number
}

function join(bytes: Bytes, name: string, parts: readonly Part[], rows: number): unknown[] {
  const column = new Array<unknown>(rows)
  let count = 0
  for (const { values, start } of parts) {
    const length = Math.min(values.length, rows - start)
    if (values instanceof Int32Array) for (let i = 0; i < length; i++) column[start + i] = values[i]
    else for (let i = 0; i < length; i++) column[start + i] = toPlain(values[i])
    count += values.length
  }
  if (count === rows) return column
  throw formatError(bytes, `column ${name} has ${count} values, expected ${rows}, copy or save it again`)
}

function toPlain(value: unknown): unknown {
  if (value === undefined) return null
  if (typeof value === 'bigint') {
    const number = Number(value)
    return Number.isSafeInteger(number) ? number : value
  }
  if (Array.isArray(value)) return value.map(toPlain)
  if (typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype)
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, toPlain(item)]))
  return value
}

/** hyparquet asks for buffers of their own, of which ours may be a part; the slice of a Node.js Buffer is none. */
function asyncBufferOf(bytes: Bytes): AsyncBuffer {
  return {
    byteLength: bytes.byteLength,
    slice: async (start, end = bytes.byteLength) => new Uint8Array(await bytes.slice(start, end)).buffer,
  }
}
