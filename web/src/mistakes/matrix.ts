/** How many examples of each class (rows) are predicted each class (columns). */
export type Counts = readonly (readonly number[])[]

/** More classes than this are not shown all at once; the ranking of mistakes is then the way in. */
export const MOST_CLASSES = 30

export type ClassOrder = 'class' | 'error'

export interface ClassTotals {
  readonly class: number
  /** Examples of the class */
  readonly n: number
  /** Those predicted another class */
  readonly mistakes: number
  /** Examples of other classes predicted this one */
  readonly taken: number
  /** mistakes / n; null where the class has no examples */
  readonly error: number | null
}

export function classTotals(counts: Counts): ClassTotals[] {
  return counts.map((row, label) => {
    const n = row.reduce((sum, count) => sum + count, 0)
    const mistakes = n - row[label]
    const taken = counts.reduce((sum, other, at) => sum + (at === label ? 0 : other[label]), 0)
    return { class: label, n, mistakes, taken, error: n === 0 ? null : mistakes / n }
  })
}

/** Classes in their own order, or the largest share of mistakes first; those without examples then come last. */
export function orderClasses(totals: readonly ClassTotals[], by: ClassOrder): ClassTotals[] {
  const ordered = [...totals]
  if (by === 'class') return ordered
  return ordered.sort((a, b) => (b.error ?? -1) - (a.error ?? -1) || a.class - b.class)
}

/**
 * The classes that are shown, in their order: all of them, or those with most mistakes, made of them or for
 * them, where there are too many.
 */
export function shownClasses(
  totals: readonly ClassTotals[],
  by: ClassOrder,
  most = MOST_CLASSES,
): ClassTotals[] {
  if (totals.length <= most) return orderClasses(totals, by)
  const weight = ({ mistakes, taken }: ClassTotals): number => mistakes + taken
  const heaviest = [...totals].sort((a, b) => weight(b) - weight(a) || a.class - b.class).slice(0, most)
  const kept = new Set(heaviest)
  return orderClasses(
    totals.filter(one => kept.has(one)),
    by,
  )
}

/** The largest share of a row that stands off the diagonal, which the colours of mistakes are scaled to. */
export function largestShare(counts: Counts, totals: readonly ClassTotals[]): number {
  let largest = 0
  counts.forEach((row, label) => {
    row.forEach((count, predicted) => {
      if (label !== predicted && count > 0) largest = Math.max(largest, count / totals[label].n)
    })
  })
  return largest
}
