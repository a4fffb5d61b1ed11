import { openTable } from '../../data/open-table.ts'
import { UserError } from '../../user-error.ts'
import type { Explainer } from '../explainer/explainer.ts'

/** Training examples whose share of a map is one map. */
export interface RowGroup {
  readonly name: string
  /** Each once */
  readonly rows: readonly number[]
}

/** The training examples of a class, as the sums by class have them. Errors: UserError where there is no such class. */
export function groupOfClass({ manifest, names, examples }: Explainer, name: number | string): RowGroup {
  const byLabel = manifest.groups === 'label' && examples.labels !== null
  const isClass = byLabel || manifest.task === 'classification'
  const index = isClass ? names.classIndex(name) : names.outputIndex(name)
  const classes = (byLabel ? examples.labels : null) ?? examples.predicted
  const rows = [...classes.keys()].filter(row => classes[row] === index)
  return { name: isClass ? names.class(index) : names.output(index), rows }
}

/**
 * The training examples that a table names, CSV, JSON lines or Parquet, by a column `id` or else `row`. Errors:
 * UserError on examples that there are not.
 */
export async function groupOfFile({ examples: { ids } }: Explainer, path: string): Promise<RowGroup> {
  const table = await openTable(path)
  const column = ['id', 'row'].find(name => table.columns.includes(name))
  if (column === undefined) {
    throw new UserError(
      'format',
      `${path}: columns ${table.columns.join(', ')}, expected id or row of training examples`,
    )
  }
  const byId = column === 'id' ? new Map(Array.from(ids, (id, row) => [id, row])) : null
  const rows = new Set<number>()
  await table.read([column], ([cell], at) => {
    const row = byId ? byId.get(String(cell)) : Number(cell === '' ? Number.NaN : cell)
    if (row === undefined || !(Number.isInteger(row) && row >= 0 && row < ids.length)) {
      throw new UserError(
        'not-found',
        `${path}: ${table.place(at)}: no training example ${cell}, expected ${byId ? 'an id' : `a row, 0 to ${ids.length - 1}`}`,
      )
    }
    rows.add(row)
  })
  if (rows.size === 0) throw new UserError('format', `${path}: no rows, expected training examples`)
  return { name: path, rows: [...rows] }
}
