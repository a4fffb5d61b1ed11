import type { DecodedArray } from 'hyparquet'
import {
  ByteWriter,
  type ColumnSource,
  ParquetWriter,
  parquetWriteBuffer,
  schemaFromColumnData,
} from 'hyparquet-writer'

export type ParquetType = 'int32' | 'int64' | 'float' | 'double' | 'string' | 'boolean'

export interface ParquetColumn {
  readonly name: string
  readonly type: ParquetType
  /** One for each row; `null` or `undefined` only where `nullable`. */
  readonly values: ArrayLike<unknown>
  readonly nullable?: boolean
}

interface Encoder {
  readonly type: NonNullable<ColumnSource['type']>
  /** The value as hyparquet-writer takes it, or undefined if it is none of this type. */
  readonly convert: (value: unknown) => unknown
}

const encoders: { [K in ParquetType]: Encoder } = {
  int32: {
    type: 'INT32',
    convert: value => (Number.isInteger(value) && inRange(value, 2 ** 31) ? value : undefined),
  },
  int64: { type: 'INT64', convert: toBigInt },
  float: { type: 'FLOAT', convert: value => (typeof value === 'number' ? value : undefined) },
  double: { type: 'DOUBLE', convert: value => (typeof value === 'number' ? value : undefined) },
  string: { type: 'STRING', convert: value => (typeof value === 'string' ? value : undefined) },
  boolean: { type: 'BOOLEAN', convert: value => (typeof value === 'boolean' ? value : undefined) },
}

export interface EncodeOptions {
  /** Free text by key */
  readonly metadata?: Readonly<Record<string, string>>
  /** Where not, every value stands as it is: larger, and read faster. Compressed with Snappy unless told. */
  readonly compressed?: boolean
}

/** Writes a table with columns of equal length as a Parquet file. */
export function encodeParquet(
  columns: readonly ParquetColumn[],
  { metadata = {}, compressed = true }: EncodeOptions = {},
): Uint8Array {
  const columnData = columns.map(column => sourceOf(column, compressed))
  const kvMetadata = Object.entries(metadata).map(([key, value]) => ({ key, value }))
  const codec = codecOf(compressed)
  return new Uint8Array(parquetWriteBuffer({ columnData, kvMetadata, codec, createdBy: 'representer' }))
}

const codecOf = (compressed: boolean) => (compressed ? 'SNAPPY' : 'UNCOMPRESSED')

/** A column whose values come in groups of rows. */
export type ParquetField = Omit<ParquetColumn, 'values'>

/**
 * As `encodeParquet`, from groups of rows that are made while it is written: each has the values of every
 * field, in their order, and gives one chunk of the file. Only one group is held at a time.
 */
export async function* encodeParquetGroups(
  fields: readonly ParquetField[],
  groups: AsyncIterable<readonly ArrayLike<unknown>[]>,
  { compressed = true }: Pick<EncodeOptions, 'compressed'> = {},
): AsyncGenerator<Uint8Array> {
  const columnsOf = (group: readonly ArrayLike<unknown>[]) =>
    fields.map((field, at) => sourceOf({ ...field, values: group[at] }, compressed))
  const bytes = new ByteWriter()
  const schema = schemaFromColumnData({ columnData: columnsOf(fields.map(() => [])) })
  const codec = codecOf(compressed)
  const writer = new ParquetWriter({ writer: bytes, schema, codec, createdBy: 'representer' })
  for await (const group of groups) {
    const rows = group[0]?.length ?? 0
    if (rows === 0) continue
    writer.write({ columnData: columnsOf(group), rowGroupSize: rows })
    yield taken(bytes)
  }
  writer.finish()
  yield taken(bytes)
}

/** What was written since the last time, a copy. */
function taken(bytes: ByteWriter): Uint8Array {
  const chunk = bytes.getBytes().slice()
  bytes.index = 0
  return chunk
}

function sourceOf(column: ParquetColumn, compressed: boolean): ColumnSource {
  const { name, type, nullable = false } = column
  const data = convert(column)
  return { name, type: encoders[type].type, nullable, data, ...(!compressed && { encoding: 'PLAIN' }) }
}

function convert({ name, type, values, nullable }: ParquetColumn): DecodedArray {
  return Array.from(values, (value, row) => {
    if (nullable && (value === null || value === undefined)) return null
    const converted = encoders[type].convert(value)
    if (converted === undefined) throw new Error(`column ${name}: ${value} in row ${row}, expected ${type}`)
    return converted
  })
}

function toBigInt(value: unknown): bigint | undefined {
  if (typeof value === 'bigint') return value
  return Number.isSafeInteger(value) ? BigInt(value as number) : undefined
}

function inRange(value: unknown, limit: number): boolean {
  return (value as number) >= -limit && (value as number) < limit
}
