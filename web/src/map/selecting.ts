/** What a new shape does to what is selected. */
export type SelectMode = 'replace' | 'add' | 'remove'

/** Shift adds, alt or control removes. */
export function selectMode(keys: { shiftKey: boolean; altKey: boolean; ctrlKey: boolean }): SelectMode {
  if (keys.altKey || keys.ctrlKey) return 'remove'
  return keys.shiftKey ? 'add' : 'replace'
}

/** What is selected after a shape was drawn around some. */
export function afterShape<T>(selected: ReadonlySet<T>, hit: readonly T[], mode: SelectMode): Set<T> {
  if (mode === 'replace') return new Set(hit)
  const next = new Set(selected)
  for (const one of hit) mode === 'add' ? next.add(one) : next.delete(one)
  return next
}
