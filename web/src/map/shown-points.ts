import type { ExampleColumns } from '../../../src/server/wire.ts'
import { isFiltering, shownPlaces } from '../view/filters.ts'
import type { Rows, View } from '../view/view.ts'
import { isWrong, type Points, splitOf } from './points.ts'

const BY_ROW = { by: 'row', descending: false } as const

/** 1 for each point that filters and tab leave; what is not in the columns passes no filter. */
export function shownPoints(
  points: Points,
  columns: readonly (ExampleColumns | null)[],
  view: Pick<View, 'filters' | 'tab' | 'selection'>,
): Uint8Array {
  const isAll = view.tab === 'all' || (view.tab === 'filtered' && !isFiltering(view.filters))
  if (isAll) return new Uint8Array(points.count).fill(1)
  const isShown = new Uint8Array(points.count)
  for (const split of columns) {
    if (!split) continue
    for (const place of shownPlaces(split, { ...view, sort: BY_ROW })) {
      const point = points.pointOf(split.split, split.rows[place])
      if (point >= 0) isShown[point] = 1
    }
  }
  return isShown
}

/** The points that are selected. */
export function selectedPoints(points: Points, { train, test }: Rows): Set<number> {
  const selected = [
    ...train.map(row => points.pointOf('train', row)),
    ...test.map(row => points.pointOf('test', row)),
  ]
  return new Set(selected.filter(point => point >= 0))
}

/** The selection once these points of the map are it; what is selected and not on the map stays. */
export function selectionOf(points: Points, before: Rows, selected: ReadonlySet<number>): Rows {
  const rows = { train: new Set<number>(), test: new Set<number>() }
  for (const point of selected) rows[splitOf(points, point)].add(points.row[point])
  for (const split of ['train', 'test'] as const) {
    for (const row of before[split]) if (points.pointOf(split, row) < 0) rows[split].add(row)
  }
  const increasing = (rows: Set<number>): number[] => [...rows].sort((a, b) => a - b)
  return { train: increasing(rows.train), test: increasing(rows.test) }
}

export const wrongPoints = (points: Points): Uint8Array =>
  Uint8Array.from({ length: points.count }, (_, i) => Number(isWrong(points, i)))

/** 1 for each of some points. */
export function flagged(count: number, some: Iterable<number>): Uint8Array {
  const flags = new Uint8Array(count)
  for (const point of some) flags[point] = 1
  return flags
}
