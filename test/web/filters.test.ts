import { describe, expect, test } from 'vitest'
import type { ExampleColumns } from '../../src/server/wire.ts'
import { namesOf } from '../../web/src/names.ts'
import { chipsOf, isFiltering, passing, shownPlaces } from '../../web/src/view/filters.ts'
import { FIRST_VIEW, type Filters, NO_FILTERS, type View } from '../../web/src/view/view.ts'

// A sample of a larger split: rows are not places.
const columns: ExampleColumns = {
  schemaVersion: 1,
  split: 'train',
  of: 100,
  rows: [2, 5, 8, 40, 77],
  ids: ['img10', 'img9', 'IMG2', 'x', 'y'],
  labels: [0, 1, 1, 2, 0],
  predicted: [0, 0, 1, 2, 1],
  fitted: [0, 0, 1, 2, 1],
  suspicion: [0.1, 3, 0.1, 0.5, 2],
}

const rowsOf = (change: Partial<Filters>): number[] =>
  passing(columns, { ...NO_FILTERS, ...change }).map(at => columns.rows[at])

const shown = (change: Partial<View>): number[] =>
  shownPlaces(columns, { ...FIRST_VIEW, ...change }).map(at => columns.rows[at])

describe('filters', () => {
  test('pass all where none is set', () => {
    expect(rowsOf({})).toEqual(columns.rows)
    expect(isFiltering(NO_FILTERS)).toBe(false)
  })

  test('take any of the classes of one, and all of several', () => {
    expect(rowsOf({ label: [0, 2] })).toEqual([2, 40, 77])
    expect(rowsOf({ label: [0, 2], predicted: [1] })).toEqual([77])
    expect(rowsOf({ only: 'wrong' })).toEqual([5, 77])
    expect(rowsOf({ only: 'right' })).toEqual([2, 8, 40])
    expect(rowsOf({ only: 'wrong', suspicion: 2.5 })).toEqual([5])
    expect(rowsOf({ id: 'img' })).toEqual([2, 5, 8])
    expect(rowsOf({ rows: { train: [8, 77, 99], test: [2] } })).toEqual([8, 77])
  })

  test('that ask what is not known pass nothing', () => {
    const unknown = { ...columns, labels: null, suspicion: null }
    for (const filters of [{ label: [0] }, { only: 'right' }, { suspicion: -9 }] as const) {
      expect(passing(unknown, { ...NO_FILTERS, ...filters })).toEqual([])
    }
  })

  test('have a chip each, which removes that one alone', () => {
    const names = namesOf({ classes: ['cat', 'dog', 'cow'], outputs: null, task: 'classification' })
    const filters: Filters = {
      label: [0, 2],
      predicted: [1],
      only: 'wrong',
      suspicion: 0.0015,
      id: 'a',
      rows: { train: [1], test: [2, 3] },
    }
    const chips = chipsOf(filters, names)
    expect(chips.map(({ text }) => text)).toEqual([
      'label cat',
      'label cow',
      'predicted dog',
      'wrong only',
      'suspicion ≥ 0.00150',
      'id has “a”',
      'these 3',
    ])
    expect(chips[0].without).toEqual({ ...filters, label: [2] })
    // Removed one after another, nothing is left.
    let left = filters
    while (isFiltering(left)) left = chipsOf(left, names)[0].without
    expect(left).toEqual(NO_FILTERS)
  })
})

describe('what is shown', () => {
  test('is all, what passes, or what is selected', () => {
    const filters = { ...NO_FILTERS, label: [1] }
    const selection = { train: [40, 41], test: [2] }
    expect(shown({ tab: 'all', filters, selection })).toEqual(columns.rows)
    expect(shown({ tab: 'filtered', filters, selection })).toEqual([5, 8])
    expect(shown({ tab: 'selected', filters, selection })).toEqual([40])
  })

  test('is sorted, ties by row whichever way', () => {
    expect(shown({ sort: { by: 'suspicion', descending: true } })).toEqual([5, 77, 40, 2, 8])
    expect(shown({ sort: { by: 'suspicion', descending: false } })).toEqual([2, 8, 40, 77, 5])
    expect(shown({ sort: { by: 'row', descending: true } })).toEqual([77, 40, 8, 5, 2])
    expect(shown({ sort: { by: 'id', descending: false } })).toEqual([8, 5, 2, 40, 77])
    expect(shown({ sort: { by: 'label', descending: true } })).toEqual([40, 5, 8, 2, 77])
  })
})
