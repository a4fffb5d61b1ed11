const written = new WeakMap<readonly number[], string>()

/** Increasing rows as text, runs of them by their ends: 0-5,9,12-13 */
export function formatRows(rows: readonly number[]): string {
  const known = written.get(rows)
  if (known !== undefined) return known
  const parts: string[] = []
  for (let from = 0; from < rows.length; ) {
    let to = from
    while (rows[to + 1] === rows[to] + 1) to++
    parts.push(from === to ? `${rows[from]}` : `${rows[from]}-${rows[to]}`)
    from = to + 1
  }
  // Every link of a screen carries the selection: written once.
  written.set(rows, parts.join(','))
  return parts.join(',')
}

/** More rows than any explainer in a browser has: a link must not fill the memory. */
const MOST = 1_000_000

/** Rows from text, increasing and each once; what is not a row or a run of rows is left out. */
export function parseRows(text: string): number[] {
  const rows = new Set<number>()
  for (const part of text.split(',')) {
    const match = /^(\d{1,9})(?:-(\d{1,9}))?$/.exec(part)
    if (!match) continue
    const from = Number(match[1])
    const to = Math.min(Number(match[2] ?? from), from + MOST - rows.size - 1)
    for (let row = from; row <= to; row++) rows.add(row)
  }
  return [...rows].sort((a, b) => a - b)
}
