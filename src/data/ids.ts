import { UserError } from '../user-error.ts'

/**
 * A column of ids as names, each there once. `place` is what messages call a row. Errors: UserError on the
 * first that is missing or there twice.
 */
export function readIds(name: string, values: readonly unknown[], place: (row: number) => string): string[] {
  const seen = new Map<string, number>()
  return values.map((value, row) => {
    const isId = (typeof value === 'string' && value !== '') || ['number', 'bigint'].includes(typeof value)
    if (!isId) {
      throw new UserError('value', `${name}: no id at ${place(row)}, expected a name or number in every row`)
    }
    const id = String(value)
    const before = seen.get(id)
    if (before !== undefined) {
      throw new UserError(
        'value',
        `${name}: id ${id} at ${place(before)} and ${place(row)}, expected it once`,
      )
    }
    seen.set(id, row)
    return id
  })
}
