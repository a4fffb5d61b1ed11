import type { NdArray } from '../formats/ndarray.ts'
import type { Table } from '../formats/table.ts'
import { UserError } from '../user-error.ts'
import type { ArrayFile, ArrayRole } from './array-file.ts'
import { readTable, readTableLabels, type TableArrays } from './table-arrays.ts'
import { findRoles, LIST_COLUMNS, shortened, type TableChoice } from './table-roles.ts'

type Read = (arrays: TableArrays) => NdArray | null

/** Reads each kind of array that a table may hold beside others. */
const BESIDE: { readonly [R in ArrayRole]?: Read } = {
  features: ({ features }) => features,
  inputs: ({ features }) => features,
  logits: ({ logits }) => logits,
}

/** Reads each kind that a table may be there for: its columns of numbers, a row as the array has one. */
const ALONE: { readonly [R in ArrayRole]?: Read } = {
  ...BESIDE,
  logits: ({ logits, features }) => logits ?? features,
  soft: ({ features }) => features,
  weight: ({ features }) => features,
  bias: ({ features }) => features,
}

/**
 * A table as arrays: all of it is read at once when the first of them is asked for. `choice` says which
 * columns are what.
 */
export function tableFile(table: Table, choice: TableChoice): ArrayFile {
  let reading: Promise<TableArrays> | undefined
  const roles = findRoles(table, choice)
  const lists = LIST_COLUMNS.inputs.filter(column => table.columns.includes(column))
  const arrays = () => {
    reading ??= readTable(table, roles, lists)
    return reading
  }
  const readAs = async (role: ArrayRole, reads: typeof BESIDE) => reads[role]?.(await arrays()) ?? null
  return {
    name: table.name,
    readBeside: role => readAs(role, BESIDE),
    place: async () => null,
    placeBeside: async () => null,
    read: async role => {
      const array = await readAs(role, ALONE)
      if (array) return array
      throw new UserError('not-found', `${table.name}: no ${role} in a table, ${REMEDIES[role]}`)
    },
    readLabels: async () => {
      if (roles.label !== null) return readTableLabels(table, roles.label)
      throw new UserError(
        'not-found',
        `${table.name}: no labels among the columns ${shortened(table.columns)}, name theirs with --label-column`,
      )
    },
    readLabelsBeside: async () => (roles.label === null ? null : (await arrays()).labels),
    readIds: async () => (await arrays()).ids,
    table: lists.length > 0 ? null : { columns: roles.numbers, label: roles.label, id: roles.id },
  }
}

const REMEDIES: { readonly [R in ArrayRole]: string } = {
  inputs: 'expected columns of numbers, or a column inputs of lists',
  features: 'expected columns of numbers, or a column features of lists',
  logits: 'expected columns of numbers, or a column logits of lists',
  soft: 'expected a column of numbers for each output',
  labels: 'expected a column label',
  weight: 'expected columns of numbers',
  bias: 'expected one column of numbers',
}
