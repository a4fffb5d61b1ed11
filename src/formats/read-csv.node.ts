import { isUtf8 } from 'node:buffer'
import { CsvError, type Info, type Options, parse } from 'csv-parse/sync'
import type { Bytes } from './bytes.ts'
import { formatError } from './format-error.ts'
import { expectNames, type Table, type TakeRow } from './table.ts'

/**
 * Opens a CSV file (RFC 4180): commas, quotes where a cell needs them, a header, lines that end in any way,
 * with or without a byte order mark. Every cell is text.
 *
 * @throws UserError `format` where the header is damaged, names a column twice, or is separated otherwise.
 */
export async function openCsv(bytes: Bytes): Promise<Table> {
  const content = await bytes.slice(0, bytes.byteLength)
  if (!isUtf8(content)) throw formatError(bytes, 'text that is not UTF-8, save it as that')
  let columns: readonly string[] = []
  parseRecords(bytes, content, { to: 1 }, cells => {
    columns = cells as string[]
  })
  const [first] = columns
  if (first === undefined) throw formatError(bytes, 'nothing in it, expected a header and rows')
  const separator = columns.length === 1 ? /[;\t|]/.exec(first)?.[0] : undefined
  if (separator !== undefined) {
    const found = separator === '\t' ? 'a tab' : separator
    throw formatError(bytes, `a header separated by ${found}, expected commas, save it with those`)
  }
  expectNames(bytes, columns)
  return {
    name: bytes.name,
    columns,
    isText: true,
    metadata: new Map(),
    place: line => `line ${line}`,
    read: async (wanted, take) => {
      const at = wanted.map(column => columns.indexOf(column))
      parseRecords(bytes, content, { from: 2 }, (cells, line) => {
        if (cells.length !== columns.length)
          throw formatError(
            bytes,
            `${cells.length} cells at line ${line}, expected ${columns.length} as in the header, mend the line`,
          )
        take(
          at.map(k => cells[k]),
          line,
        )
      })
    },
  }
}

/** What the parser calls its complaints, in our words. */
const complaints: { readonly [code: string]: string } = {
  CSV_INVALID_CLOSING_QUOTE: 'a quote inside a quoted cell, expected it doubled',
  INVALID_OPENING_QUOTE: 'a quote inside a cell without quotes, expected quotes around it',
  CSV_QUOTE_NOT_CLOSED: 'a quote that is not closed, expected it before the end',
}

/** Hands over one record after another with the line that it ends in, and keeps none. */
function parseRecords(bytes: Bytes, content: Uint8Array, part: Options, take: TakeRow): void {
  try {
    parse(content, {
      ...part,
      bom: true,
      relax_column_count: true,
      skip_empty_lines: true,
      on_record: (record: string[], { lines }: Info) => {
        take(record, lines)
        return null
      },
    })
  } catch (cause) {
    if (!(cause instanceof CsvError)) throw cause
    const complaint = complaints[cause.code] ?? 'damaged'
    throw formatError(bytes, `line ${cause.lines}: ${complaint}, mend the line`, cause)
  }
}
