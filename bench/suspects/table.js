// What the study of mislabel scores found: a row for each score, a column for each data set and noise.

import { machineLines, markdownLines, textLines } from '../frame/table.js'

/** For a terminal. */
export function suspectsText(report) {
  const cells = cellsOf(report)
  return TABLES.flatMap(({ title, key }) => [
    '',
    title,
    ...textLines(...scoreTable(cells, key, text => `*${text}`)),
  ])
    .concat('', ...notes(cells))
    .join('\n')
}

export function suspectsMarkdown(report) {
  const cells = cellsOf(report)
  return [
    ...machineLines(report.machine).map(text => `${text}  `),
    ...TABLES.flatMap(({ title, key }) => [
      '',
      `${title}; the best of each column in bold`,
      '',
      ...markdownLines(...scoreTable(cells, key, text => `**${text}**`)),
    ]),
    '',
    ...notes(cells).map(text => `- ${text}`),
  ].join('\n')
}

const TABLES = [
  { title: 'ROC-AUC', key: 'auc' },
  { title: 'Average precision', key: 'precision' },
]

const cellsOf = ({ claims }) => claims.flatMap(({ rows = [] }) => rows.map(({ cell }) => cell))

const columnOf = ({ data, noise }) => `${data}, ${noise}`

/** Headings, and a row for each score, with its mean and its worst; those that are not everywhere have neither. */
function scoreTable(cells, key, emphasise) {
  const columns = [...new Set(cells.map(columnOf))]
  const scores = [...new Set(cells.map(({ score }) => score))]
  const best = new Map(
    columns.map(column => [
      column,
      Math.max(...cells.filter(cell => columnOf(cell) === column).map(cell => cell[key])),
    ]),
  )
  const text = value => value.toFixed(3)
  const rows = scores.map(score => {
    const own = new Map(cells.filter(cell => cell.score === score).map(cell => [columnOf(cell), cell[key]]))
    const values = [...own.values()]
    const isEverywhere = values.length === columns.length
    return [
      score,
      ...(isEverywhere
        ? [text(values.reduce((sum, x) => sum + x, 0) / values.length), text(Math.min(...values))]
        : ['', '']),
      ...columns.map(column => {
        if (!own.has(column)) return ''
        const value = own.get(column)
        return text(value) === text(best.get(column)) ? emphasise(text(value)) : text(value)
      }),
    ]
  })
  return [['score', 'mean', 'worst', ...columns], rows]
}

/** What was chosen and what it took. */
function notes(cells) {
  const first = new Map()
  const seconds = new Map()
  for (const cell of cells) {
    if (!first.has(columnOf(cell))) first.set(columnOf(cell), cell)
    seconds.set(cell.score, Math.max(seconds.get(cell.score) ?? 0, cell.seconds))
  }
  return [
    `n = ${cells[0]?.n}; λ by five folds of the noisy labels: ${[...first].map(([column, { lambda }]) => `${column} ${lambda}`).join('; ')}`,
    `share of the noisy labels that the network gives itself: ${[...first]
      .filter(([, { fitted }]) => fitted !== null)
      .map(([column, { fitted }]) => `${column} ${fitted.toFixed(2)}`)
      .join('; ')}`,
    `the longest that each took: ${[...seconds].map(([score, most]) => `${score} ${most.toFixed(2)} s`).join(', ')}`,
  ]
}
