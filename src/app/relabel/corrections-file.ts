import { openTable } from '../../data/open-table.ts'
import type { Table } from '../../formats/table.ts'
import { UserError } from '../../user-error.ts'
import type { Explainer } from '../explainer/explainer.ts'
import { ACTIONS, type Action } from '../review/decisions.ts'
import { expectOutput } from '../review/reviewed-label.ts'
import type { Correction } from './corrections.ts'

/** Columns that say something; others may stand beside them. */
const COLUMNS = ['id', 'output', 'given_label', 'new_label', 'action'] as const
type Column = (typeof COLUMNS)[number]

/** A row's cells as text; null for empty ones. */
type Cells = Readonly<Record<Column, string | null>>

/**
 * Reads corrections from CSV, JSON lines or Parquet: `id` and `action`, or `id` and `new_label` where every row
 * relabels. Rows without an action, such as those of a selection, correct nothing. Labels and outputs go by their
 * names, else by their indices. Errors: UserError, naming the row.
 */
export async function readCorrections(path: string, explainer: Explainer): Promise<Correction[]> {
  const table = await openTable(path)
  const { columns } = table
  if (!columns.includes('id') || !(columns.includes('action') || columns.includes('new_label'))) {
    throw new UserError(
      'format',
      `${path}: columns ${columns.join(', ')}, expected id and action, and new_label to relabel`,
    )
  }
  const rows = new Map(Array.from(explainer.examples.ids, (id, row) => [id, row]))
  const corrections: Correction[] = []
  await eachRow(table, (cells, place) => {
    const correction = placed(place, () => correctionOf(cells, explainer, rows, columns.includes('action')))
    if (correction) corrections.push({ ...correction, place })
  })
  return corrections
}

async function eachRow(table: Table, take: (cells: Cells, place: string) => void): Promise<void> {
  const present = COLUMNS.filter(column => table.columns.includes(column))
  const empty = Object.fromEntries(COLUMNS.map(column => [column, null])) as Cells
  await table.read(present, (values, at) => {
    const place = `${table.name}: ${table.place(at)}`
    const entries = present.map((column, k) => [column, textOf(values[k], `${place}: ${column}`)])
    take({ ...empty, ...Object.fromEntries(entries) }, place)
  })
}

function textOf(value: unknown, name: string): string | null {
  if (value === null || value === undefined || value === '' || Number.isNaN(value)) return null
  if (typeof value !== 'object') return String(value)
  throw new UserError('format', `${name}: neither text nor a number, expected one of them`)
}

/** Says in what an action throws where it happened. */
function placed<T>(place: string, action: () => T): T {
  try {
    return action()
  } catch (error) {
    if (error instanceof UserError)
      throw new UserError(error.code, `${place}: ${error.message}`, { cause: error })
    throw error
  }
}

function correctionOf(
  cells: Cells,
  explainer: Explainer,
  rows: ReadonlyMap<string, number>,
  hasActions: boolean,
): Omit<Correction, 'place'> | null {
  const { id } = cells
  if (id === null) throw new UserError('value', 'no id, expected one in every row')
  const action = hasActions ? actionOf(cells.action) : cells.new_label === null ? null : 'relabel'
  const row = rows.get(id)
  if (row === undefined) {
    throw new UserError(
      'not-found',
      `example not found: ${id}, expected the id of a training example of ${explainer.directory}`,
    )
  }
  if (action === null) return null
  // Of a single output with numbers, nothing else can be meant.
  const only = explainer.hasLabelValues && explainer.manifest.c === 1 ? 0 : null
  const named = cells.output === null ? only : explainer.names.outputIndex(cells.output)
  const output = expectOutput(explainer, named, id)
  const given = cells.given_label === null ? null : labelIn(explainer, cells.given_label)
  if (action !== 'relabel') return { row, output, action, newLabel: null, given }
  if (cells.new_label === null) {
    throw new UserError('value', `${id}: no new label, expected one to relabel it, or the action keep`)
  }
  return { row, output, action, newLabel: labelIn(explainer, cells.new_label), given }
}

function actionOf(text: string | null): Action | null {
  const action = ACTIONS.find(action => action === text)
  if (action || text === null) return action ?? null
  throw new UserError('value', `action not found: ${text}, expected one of ${ACTIONS.join(', ')}`)
}

/** A class by its name or index, or a number. */
function labelIn({ names, hasLabelValues, manifest }: Explainer, text: string): number {
  const number = Number(text)
  if (hasLabelValues) {
    if (text.trim() !== '' && Number.isFinite(number)) return number
    throw new UserError('value', `label ${text}, expected a number`)
  }
  // pandas makes 3.0 of a column with gaps; where classes are called by numbers, that is the one called 3.
  const { classes } = manifest
  return names.classIndex(
    !classes || classes.includes(text) ? text : String(Number.isNaN(number) ? text : number),
  )
}
