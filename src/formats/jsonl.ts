import type { Bytes } from './bytes.ts'
import { formatError } from './format-error.ts'
import { expectNames, type Table } from './table.ts'

const newline = 10
const decoder = new TextDecoder('utf-8', { fatal: true })

/**
 * Opens a file of JSON lines: one object a line, all with the names of the first. Empty lines are passed over.
 *
 * @throws UserError `format` where the first line is no object.
 */
export async function openJsonl(bytes: Bytes): Promise<Table> {
  const content = await bytes.slice(0, bytes.byteLength)
  const first = objects(bytes, content).next().value
  if (!first) throw formatError(bytes, 'nothing in it, expected a JSON object a line')
  const columns = Object.keys(first.value)
  expectNames(bytes, columns)
  return {
    name: bytes.name,
    columns,
    isText: false,
    metadata: new Map(),
    place: line => `line ${line}`,
    read: async (wanted, take) => {
      for (const { value, line } of objects(bytes, content)) {
        const missing = columns.find(column => !Object.hasOwn(value, column))
        const further = missing === undefined && Object.keys(value).length > columns.length
        if (missing !== undefined)
          throw formatError(bytes, `no ${missing} at line ${line}, expected it as in the first line`)
        if (further) {
          const other = Object.keys(value).find(key => !columns.includes(key))
          throw formatError(bytes, `${other} at line ${line}, which the first line lacks, add or remove it`)
        }
        take(
          wanted.map(column => value[column]),
          line,
        )
      }
    },
  }
}

interface Line {
  readonly value: { readonly [name: string]: unknown }
  /** From 1 on. */
  readonly line: number
}

function* objects(bytes: Bytes, content: Uint8Array): Generator<Line, undefined> {
  let line = 0
  for (let start = 0; start < content.length; ) {
    const found = content.indexOf(newline, start)
    const end = found < 0 ? content.length : found
    line++
    const value = parseLine(bytes, content.subarray(start, end), line)
    if (value !== null) yield { value, line }
    start = end + 1
  }
}

/** The object of a line; null of an empty one. */
function parseLine(bytes: Bytes, content: Uint8Array, line: number): Line['value'] | null {
  let value: unknown
  try {
    const text = decoder.decode(content)
    if (text.trim() === '') return null
    value = JSON.parse(text)
  } catch (cause) {
    throw formatError(bytes, `line ${line} is no JSON, expected an object, mend the line`, cause)
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Line['value']
  throw formatError(bytes, `line ${line} is no object, expected {"column": value, …}`)
}
