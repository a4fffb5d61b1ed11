// The page of the experiments: text that people wrote, with parts that are written anew by each run.

import { html } from './library.js'

/** Cells as a table in Markdown. */
export function table(headings, rows) {
  const line = cells => `| ${cells.map(cell => String(cell).replaceAll('|', '\\|')).join(' | ')} |`
  return [line(headings), line(headings.map(() => '---')), ...rows.map(line)].join('\n')
}

/** As wide as charts are shown at least, in pixels. */
const WIDTH = 440

/** A figure of docs/paper, with what it shows in words. */
export const image = (file, { words, width }) =>
  html`<img src="paper/${file}" width="${Math.max(WIDTH, width)}" alt="${words}">`.toString()

/**
 * A page with one part in place of what stood between its marks, `<!-- NAME -->` and `<!-- end of NAME -->`.
 * Everything else stays as it was.
 */
export function withPart(page, name, markdown) {
  const [start, end] = [`<!-- ${name} -->`, `<!-- end of ${name} -->`]
  const [from, to] = [page.indexOf(start), page.indexOf(end)]
  if (from < 0 || to < from) throw new Error(`docs/paper.md: marks of ${name} not found`)
  return `${page.slice(0, from + start.length)}\n\n${markdown.trim()}\n\n${page.slice(to)}`
}
