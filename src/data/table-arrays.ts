import type { NdArray } from '../formats/ndarray.ts'
import type { Table } from '../formats/table.ts'
import { UserError } from '../user-error.ts'
import { Float32Rows } from './float32-rows.ts'
import { labelNames } from './hugging-face.ts'
import { readIds } from './ids.ts'
import { type Labels, readLabels } from './labels.ts'
import { LIST_COLUMNS, type TableRoles } from './table-roles.ts'

/** What the rows of a table hold; null for what it has no column of. */
export interface TableArrays {
  /** [n, d] */
  readonly features: NdArray | null
  readonly logits: NdArray | null
  readonly labels: Labels | null
  readonly ids: readonly string[] | null
}

/** Reads one column: the labels of a table that may hold anything else. */
export async function readTableLabels(table: Table, column: string): Promise<Labels> {
  const values: unknown[] = []
  const places: number[] = []
  await table.read([column], ([value], at) => {
    values.push(value)
    places.push(at)
  })
  return labelsOf(table, column, values, places)
}

/**
 * Reads all of a table in one pass: the list column among `lists` that it has, else its columns of numbers.
 * Errors: UserError on the first cell that is none, naming its place and column.
 */
export async function readTable(
  table: Table,
  { label, id, numbers }: TableRoles,
  lists: readonly string[],
): Promise<TableArrays> {
  const list = lists.find(name => table.columns.includes(name))
  const logits = LIST_COLUMNS.logits.find(name => table.columns.includes(name))
  const wide = [list, logits].filter(column => column !== undefined)
  const scalars = list === undefined ? numbers : []
  const others = [...wide, ...[label, id].filter(column => column !== null)]
  const read = others.length + scalars.length > 0 ? [...scalars, ...others] : table.columns.slice(0, 1)
  const features = new Float32Rows()
  const rows = new Map(wide.map(column => [column, new Float32Rows()]))
  const labels: unknown[] = []
  const ids: unknown[] = []
  const places: number[] = []
  const cell = { table, at: 0, column: '' }
  await table.read(read, (cells, at) => {
    places.push(at)
    cell.at = at
    for (const [k, column] of scalars.entries()) {
      cell.column = column
      features.push(toNumber(cells[k], cell))
    }
    for (const [column, out] of rows) {
      cell.column = column
      pushList(out, cells[read.indexOf(column)], cell)
    }
    if (label !== null) labels.push(cells[read.indexOf(label)])
    if (id !== null) ids.push(cells[read.indexOf(id)])
  })
  const n = places.length
  const ofLists = (column: string | undefined) =>
    column === undefined ? null : (rows.get(column)?.toArray(n) ?? null)
  return {
    features: list !== undefined ? ofLists(list) : scalars.length > 0 ? features.toArray(n) : null,
    logits: ofLists(logits),
    labels: label === null ? null : labelsOf(table, label, labels, places),
    ids: id === null ? null : readIds(table.name, ids, row => table.place(places[row])),
  }
}

/** Where a value stands, for messages. */
interface Cell {
  readonly table: Table
  at: number
  column: string
}

function toNumber(value: unknown, cell: Cell): number {
  const number =
    typeof value === 'string' && value.trim() !== ''
      ? Number(value)
      : typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean'
        ? Number(value)
        : Number.NaN
  if (Number.isFinite(number)) return number
  throw refusal(cell, value, 'expected a finite number, correct it or leave the column out')
}

function pushList(out: Float32Rows, value: unknown, cell: Cell): void {
  if (!Array.isArray(value)) throw refusal(cell, value, 'expected a list of numbers')
  if (!out.expects(value.length)) {
    const { table, at, column } = cell
    throw new UserError(
      'shape',
      `${table.name}: ${value.length} numbers at ${table.place(at)}, column ${column}, expected ${out.cols} as before`,
    )
  }
  for (const item of value) out.push(toNumber(item, cell))
}

function refusal({ table, at, column }: Cell, value: unknown, expected: string): UserError {
  return new UserError(
    'value',
    `${table.name}: ${shown(value)} at ${table.place(at)}, column ${column}, ${expected}`,
  )
}

const SHOWN_CHARACTERS = 40

/** A value in a message; what is nested is only called by its kind. */
function shown(value: unknown): string {
  if (value === null || value === undefined || value === '') return 'nothing'
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object') return value instanceof Uint8Array ? 'bytes' : 'an object'
  const text = String(value)
  const short = text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)}…` : text
  return typeof value === 'string' ? `"${short}"` : short
}

function labelsOf(
  table: Table,
  column: string,
  values: readonly unknown[],
  places: readonly number[],
): Labels {
  const place = (row: number) => table.place(places[row])
  const empty = (value: unknown) => value === '' || value === null || value === undefined
  const gap = values.findIndex(empty)
  if (gap >= 0 && !values.every(empty))
    throw refusal({ table, at: places[gap], column }, '', 'expected a label in every row or in none')
  const known = gap >= 0 ? values.map(() => null) : table.isText ? numbersOf(values as string[]) : values
  return readLabels(table.name, known, { names: labelNames(table.metadata, column), place })
}

/** Texts that are all numbers are indices. */
function numbersOf(texts: readonly string[]): readonly (string | number)[] {
  const isNumber = (text: string) => text.trim() !== '' && Number.isFinite(Number(text))
  return texts.every(isNumber) ? texts.map(Number) : texts
}
