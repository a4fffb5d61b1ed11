import type { FigureColumn } from '../views/figure-table.ts'
import { table } from './text.ts'

/** A table of figures as text, with a name before each row. */
export function figureLines<Row>(
  first: string,
  rows: readonly (readonly [string, Row])[],
  columns: readonly FigureColumn<Row>[],
): string {
  return table(
    [{ heading: first }, ...columns.map(({ heading }) => ({ heading, align: 'right' as const }))],
    rows.map(([name, row]) => [name, ...columns.map(({ text }) => text(row))]),
  )
}
