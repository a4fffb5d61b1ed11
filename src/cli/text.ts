import stringWidth from 'fast-string-width'
import pc from 'picocolors'

/** A column of a table: its heading, and on which side its cells line up. */
export interface Column {
  readonly heading: string
  readonly align?: 'left' | 'right'
}

/** Cells under headings, two spaces apart, indented by two. Widths are those on a terminal. */
export function table(columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  const cells = [columns.map(({ heading }) => heading), ...rows]
  const widths = columns.map((_, c) => Math.max(...cells.map(row => stringWidth(row[c]))))
  const line = (row: readonly string[]): string =>
    row
      .map((cell, c) => pad(cell, widths[c], columns[c].align ?? 'left'))
      .join('  ')
      .trimEnd()
  const hasHeadings = columns.some(({ heading }) => heading !== '')
  return [...(hasHeadings ? [pc.dim(line(cells[0]))] : []), ...rows.map(line)]
    .map(text => `  ${text}`)
    .join('\n')
}

function pad(cell: string, width: number, align: 'left' | 'right'): string {
  const gap = ' '.repeat(Math.max(0, width - stringWidth(cell)))
  return align === 'left' ? cell + gap : gap + cell
}

/** 60000 → 60,000 */
export const count = (value: number): string => value.toLocaleString('en-US')

/** 0.98758 → 98.76 % */
export const percent = (share: number, digits = 2): string => `${(100 * share).toFixed(digits)} %`

/** A value with its sign always, so that it is told by more than its colour. */
export function signed(value: number, digits = 4): string {
  return `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(digits)}`
}

/** A logit with the true minus sign. */
export const logit = (value: number): string => (value < 0 ? '−' : '') + Math.abs(value).toFixed(4)

/** A small error: 0.000087 → 8.7e-5 */
export const tiny = (value: number): string => (value === 0 ? '0' : value.toExponential(1))

export const seconds = (value: number): string => `${value.toFixed(value < 10 ? 1 : 0)} s`

/**
 * Text of files that goes to a terminal: without control characters, which could move the cursor or
 * change what was printed before.
 */
export function printable(text: string): string {
  return text.replace(/\p{Cc}/gu, '\u{fffd}')
}
