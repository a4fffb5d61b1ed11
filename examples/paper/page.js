// The page of the experiments: text that people wrote, with parts that are written anew by each run.

/** Cells as a table in Markdown. */
export function table(headings, rows) {
  const line = cells => `| ${cells.map(cell => String(cell).replaceAll('|', '\\|')).join(' | ')} |`
  return [line(headings), line(headings.map(() => '---')), ...rows.map(line)].join('\n')
}

/** A picture of docs/paper, with what it shows in words. */
export const image = (file, words) => `![${words.replaceAll(/[[\]]/g, '')}](paper/${file})`

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
