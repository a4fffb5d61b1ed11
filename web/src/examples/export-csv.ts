import type { ExampleColumns } from '../../../src/server/wire.ts'
import type { Names } from '../names.ts'

/** Examples as CSV (RFC 4180): what is known of each, by its id. */
export function exportCsv(columns: ExampleColumns, rows: readonly number[], names: Names): string {
  const places = new Map(columns.rows.map((row, at) => [row, at]))
  const lines = rows.flatMap(row => {
    const at = places.get(row)
    if (at === undefined) return []
    const label = columns.labels?.[at]
    return [
      [
        columns.ids[at],
        columns.split,
        row,
        label === undefined ? '' : names.class(label),
        names.prediction(columns.predicted[at]),
        columns.suspicion?.[at] ?? '',
      ],
    ]
  })
  return [['id', 'split', 'row', 'label', 'predicted', 'suspicion'], ...lines]
    .map(line => `${line.map(field).join(',')}\r\n`)
    .join('')
}

/** Quoted where it must be; what a spreadsheet would take for a formula is marked as text. */
function field(value: string | number): string {
  if (typeof value === 'number') return String(value)
  const text = /^[=+\-@\t\r]/.test(value) && Number.isNaN(Number(value)) ? `'${value}` : value
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
