import stringWidth from 'fast-string-width'
import { colour } from './colour.ts'

/** A column of a table: its heading, and on which side its cells line up. */
export interface Column {
  readonly heading: string
  readonly align?: 'left' | 'right'
}

/** Cells under headings, two spaces apart, indented by two. Widths are those on a terminal. */
export function table(columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  const cells = [columns.map(({ heading }) => heading), ...rows]
  const widths = columns.map((_, c) => cells.reduce((max, row) => Math.max(max, stringWidth(row[c])), 0))
  const line = (row: readonly string[]): string =>
    row
      .map((cell, c) => pad(cell, widths[c], columns[c].align ?? 'left'))
      .join('  ')
      .trimEnd()
  const hasHeadings = columns.some(({ heading }) => heading !== '')
  return [...(hasHeadings ? [colour.dim(line(cells[0]))] : []), ...rows.map(line)]
    .map(text => `  ${text}`)
    .join('\n')
}

function pad(cell: string, width: number, align: 'left' | 'right'): string {
  const gap = ' '.repeat(Math.max(0, width - stringWidth(cell)))
  return align === 'left' ? cell + gap : gap + cell
}

/**
 * Text of files that goes to a terminal: without control characters, which could move the cursor or
 * change what was printed before.
 */
export function printable(text: string): string {
  return text.replace(/\p{Cc}/gu, '\u{fffd}')
}
