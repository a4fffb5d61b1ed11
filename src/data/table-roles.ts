import type { Table } from '../formats/table.ts'
import { UserError } from '../user-error.ts'

/** What a user says of the columns of a table, or what a table before it had. */
export interface TableChoice {
  readonly labelColumn?: string
  readonly idColumn?: string
  /** The features that a table has to have, in their order; those of the training examples, for all others. */
  readonly columns?: readonly string[]
}

/** Which column is what. */
export interface TableRoles {
  readonly label: string | null
  readonly id: string | null
  /** A number a row each; empty where `features` has a list a row. */
  readonly numbers: readonly string[]
}

const LABEL_NAMES = ['label', 'labels', 'y', 'target', 'class']
const ID_NAME = 'id'

/** Columns that hold a list a row, by what the list is for, the preferred one first. */
export const LIST_COLUMNS = {
  features: ['features'],
  inputs: ['inputs', 'features'],
  logits: ['logits'],
} as const

/**
 * Finds the columns by what the user says, else by their names. Errors: UserError where a column is missing,
 * several could hold the labels, or the features are others than those asked for.
 */
export function findRoles(table: Table, choice: TableChoice): TableRoles {
  const label = labelColumn(table, choice)
  const id = named(table, 'idColumn', choice) ?? (table.columns.includes(ID_NAME) ? ID_NAME : null)
  const lists = new Set<string>(Object.values(LIST_COLUMNS).flat())
  const rest = table.columns.filter(column => column !== label && column !== id)
  const isWide = rest.some(column => lists.has(column) && column !== 'logits')
  if (isWide) return { label, id, numbers: [] }
  const numbers = rest.filter(column => !lists.has(column))
  return { label, id, numbers: choice.columns ? matched(table, numbers, choice.columns) : numbers }
}

function labelColumn(table: Table, choice: TableChoice): string | null {
  const given = named(table, 'labelColumn', choice)
  if (given !== null || choice.labelColumn !== undefined) return given
  const found = LABEL_NAMES.filter(name => table.columns.includes(name) && !choice.columns?.includes(name))
  if (found.length < 2) return found[0] ?? null
  throw new UserError(
    'usage',
    `${table.name}: columns ${found.join(' and ')}, expected one with labels, name it with --label-column`,
  )
}

/** The column that was named; tables after the first need not have it. */
function named(
  { name, columns }: Table,
  option: 'labelColumn' | 'idColumn',
  choice: TableChoice,
): string | null {
  const column = choice[option]
  if (column === undefined) return null
  if (columns.includes(column)) return column
  if (choice.columns) return null
  throw new UserError(
    'not-found',
    `${name}: column not found: ${column}, expected one of ${shortened(columns)}`,
  )
}

/** The features in the order in which they are wanted. */
function matched({ name }: Table, found: readonly string[], wanted: readonly string[]): readonly string[] {
  const present = new Set(found)
  const missing = wanted.filter(column => !present.has(column))
  const known = new Set(wanted)
  const further = found.filter(column => !known.has(column))
  if (missing.length === 0 && further.length === 0) return wanted
  const problem = missing.length > 0 ? `no column ${shortened(missing)}` : `columns ${shortened(further)} too`
  throw new UserError('shape', `${name}: ${problem}, expected the training table's: ${shortened(wanted)}`)
}

const SHOWN = 12

/** The first names of many. */
export function shortened(names: readonly string[]): string {
  return `${names.slice(0, SHOWN).join(', ')}${names.length > SHOWN ? ', …' : ''}`
}
