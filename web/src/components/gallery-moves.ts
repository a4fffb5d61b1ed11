/** How many tiles stand beside and above one another on the screen. */
export interface GalleryShape {
  readonly count: number
  readonly perRow: number
  readonly perPage: number
}

/** Where a key leads from a tile; null for a key that leads nowhere. */
export function movedBy(key: string, from: number, { count, perRow, perPage }: GalleryShape): number | null {
  const step: Readonly<Record<string, number>> = {
    ArrowLeft: -1,
    ArrowRight: 1,
    ArrowUp: -perRow,
    ArrowDown: perRow,
    PageUp: -perPage,
    PageDown: perPage,
    Home: -count,
    End: count,
  }
  if (!(key in step)) return null
  const to = from + step[key]
  // A row up or down from the edge stays in its column.
  if ((key === 'ArrowUp' && to < 0) || (key === 'ArrowDown' && to >= count)) return from
  return Math.max(0, Math.min(count - 1, to))
}

/** Which tiles are drawn: those on the screen, and some rows around it. */
export function drawnTiles(
  scrolled: number,
  height: number,
  rowHeight: number,
  { count, perRow }: Pick<GalleryShape, 'count' | 'perRow'>,
): { readonly from: number; readonly to: number } {
  const around = 3
  const first = Math.max(0, Math.floor(scrolled / rowHeight) - around)
  const last = Math.ceil((scrolled + height) / rowHeight) + around
  return { from: Math.min(count, first * perRow), to: Math.min(count, last * perRow) }
}

/** What is selected after a tile was pressed: it alone, it too or no more, or all from the anchor to it. */
export function pressed(
  selected: readonly number[],
  rows: readonly number[],
  at: number,
  { toggles, anchor }: { readonly toggles: boolean; readonly anchor: number | null },
): number[] {
  if (anchor !== null) {
    const range = rows.slice(Math.min(anchor, at), Math.max(anchor, at) + 1)
    return toggles ? [...new Set([...selected, ...range])] : range
  }
  const row = rows[at]
  if (!toggles) return [row]
  return selected.includes(row) ? selected.filter(other => other !== row) : [...selected, row]
}
