import type { Bytes } from '../formats/bytes.ts'
import { readFileBytes } from '../formats/files.node.ts'
import { formatError } from '../formats/format-error.ts'
import { gunzip } from '../formats/gzip.ts'
import { openJsonl } from '../formats/jsonl.ts'
import { openParquetTable } from '../formats/parquet-table.ts'
import type { Table } from '../formats/table.ts'

/** A kind of table: how its file begins or is called, and how it is opened. */
export interface TableKind {
  begins(prefix: Uint8Array): boolean
  readonly names: RegExp
  open(bytes: Bytes): Promise<Table>
}

const PARQUET_MAGIC = [0x50, 0x41, 0x52, 0x31]

export const PARQUET: TableKind = {
  begins: prefix => PARQUET_MAGIC.every((byte, k) => prefix[k] === byte),
  names: /\.parquet$/i,
  open: openParquetTable,
}

export const JSON_LINES: TableKind = {
  begins: prefix => prefix[0] === 0x7b,
  names: /\.(jsonl|ndjson)$/i,
  open: openJsonl,
}

export const CSV: TableKind = {
  begins: () => false,
  names: /\.csv$/i,
  open: async bytes => {
    // Whoever reads other files has no use for its parser.
    const { openCsv } = await import('../formats/read-csv.node.ts')
    return openCsv(bytes)
  },
}

const KINDS = [PARQUET, JSON_LINES, CSV]

/** Opens a table as Parquet, CSV or JSON lines, gzipped or not. Errors: UserError. */
export async function openTable(path: string): Promise<Table> {
  const bytes = await gunzip(await readFileBytes(path))
  const prefix = await bytes.slice(0, Math.min(4, bytes.byteLength))
  const name = path.replace(/\.gz$/i, '')
  const kind = KINDS.find(kind => kind.begins(prefix)) ?? KINDS.find(kind => kind.names.test(name))
  if (kind) return kind.open(bytes)
  throw formatError(
    bytes,
    'none of Parquet, .csv and .jsonl, expected one of these, convert it or check the path',
  )
}
