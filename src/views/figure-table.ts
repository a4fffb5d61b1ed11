import { type Html, html } from './html.ts'

/** A column of a table of figures, in print and on a page. */
export interface FigureColumn<Row> {
  readonly heading: string
  readonly text: (row: Row) => string
}

/** For what is not known. */
export const orNothing = (x: number | null, text: (x: number) => string): string =>
  x === null ? '–' : text(x)

/** A table with a name before the figures of each row. */
export function figureTable<Row>(
  first: string,
  rows: readonly (readonly [string, Row])[],
  columns: readonly FigureColumn<Row>[],
): Html {
  return html`<div class="wide"><table>
<thead><tr><th scope="col">${first}</th>${columns.map(({ heading }) => html`<th scope="col" class="number">${heading}</th>`)}</tr></thead>
<tbody>
${rows.map(
  ([
    name,
    row,
  ]) => html`<tr><th scope="row">${name}</th>${columns.map(({ text }) => html`<td class="number">${text(row)}</td>`)}</tr>
`,
)}</tbody>
</table></div>`
}

/** What a head is fitted to, in words. */
export const targetWords = (targets: string): string => TARGETS[targets] ?? targets

const TARGETS: Readonly<Record<string, string>> = {
  teacher: "given model's outputs (teacher)",
  labels: 'labels',
  soft: 'soft labels',
}
