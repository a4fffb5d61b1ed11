/** Of some names those that a name is most likely a slip for: which hold it, else by edit distance. */
export function nearNames(name: string, names: readonly string[], count: number): string[] {
  const wanted = name.toLowerCase()
  const ranked = names.map((candidate, at) => {
    const text = candidate.toLowerCase()
    return { candidate, at, holds: text.includes(wanted), distance: editDistance(wanted, text) }
  })
  ranked.sort((a, b) => Number(b.holds) - Number(a.holds) || a.distance - b.distance || a.at - b.at)
  return ranked.slice(0, count).map(({ candidate }) => candidate)
}

/** Letters put in, taken out or exchanged to make one text of another (Levenshtein 1966). */
function editDistance(a: string, b: string): number {
  let before = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const exchanged = before[j - 1] + Number(a[i - 1] !== b[j - 1])
      row.push(Math.min(exchanged, before[j] + 1, row[j - 1] + 1))
    }
    before = row
  }
  return before[b.length]
}
