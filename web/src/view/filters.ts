import type { ExampleColumns } from '../../../src/server/wire.ts'
import { count, significant } from '../../../src/views/numbers.ts'
import type { Names } from '../names.ts'
import { type Filters, NO_FILTERS, type Rows, type Sort, type View } from './view.ts'

/** Which examples of a split pass all filters: places in its columns, in their order. */
export function passing(columns: ExampleColumns, filters: Filters): number[] {
  const passes = passOf(columns, filters)
  return columns.rows.map((_, at) => at).filter(passes)
}

function passOf(columns: ExampleColumns, filters: Filters): (at: number) => boolean {
  const { labels, predicted, suspicion, ids, rows } = columns
  const [ofLabel, ofPredicted] = [new Set(filters.label), new Set(filters.predicted)]
  const these = filters.rows && new Set(filters.rows[columns.split])
  const part = filters.id.toLowerCase()
  const tests: ((at: number) => boolean)[] = []
  if (ofLabel.size > 0) tests.push(at => labels !== null && ofLabel.has(labels[at]))
  if (ofPredicted.size > 0) tests.push(at => ofPredicted.has(predicted[at]))
  if (filters.only) {
    const wrong = filters.only === 'wrong'
    tests.push(at => labels !== null && (labels[at] !== predicted[at]) === wrong)
  }
  if (filters.suspicion !== null) {
    const least = filters.suspicion
    tests.push(at => suspicion !== null && suspicion[at] >= least)
  }
  if (part !== '') tests.push(at => ids[at].toLowerCase().includes(part))
  if (these) tests.push(at => these.has(rows[at]))
  return at => tests.every(test => test(at))
}

/** Places in the columns that a tab shows, in order. */
export function shownPlaces(
  columns: ExampleColumns,
  { tab, filters, selection, sort }: Pick<View, 'tab' | 'filters' | 'selection' | 'sort'>,
): number[] {
  return sorted(columns, placesOf(columns, tab, filters, selection), sort)
}

function placesOf(columns: ExampleColumns, tab: View['tab'], filters: Filters, selection: Rows): number[] {
  if (tab === 'filtered') return passing(columns, filters)
  const all = columns.rows.map((_, at) => at)
  if (tab === 'all') return all
  const selected = new Set(selection[columns.split])
  return all.filter(at => selected.has(columns.rows[at]))
}

/** Sorts places, ties by row; what has no value comes last. */
function sorted(columns: ExampleColumns, places: readonly number[], { by, descending }: Sort): number[] {
  const order = [...places]
  if (by === 'row') return descending ? order.reverse() : order
  const direction = descending ? -1 : 1
  if (by === 'id') {
    const { compare } = new Intl.Collator('en', { numeric: true })
    return order.sort((a, b) => direction * compare(columns.ids[a], columns.ids[b]) || a - b)
  }
  const values = by === 'label' ? columns.labels : columns[by]
  return values === null ? order : order.sort((a, b) => direction * (values[a] - values[b]) || a - b)
}

/** A filter in words, and the filters without it. */
export interface Chip {
  readonly key: string
  readonly text: string
  readonly without: Filters
}

/** One chip for each filter that is set. */
export function chipsOf(filters: Filters, names: Names): Chip[] {
  const chips: Chip[] = []
  const add = (key: string, text: string, cleared: Partial<Filters>): void => {
    chips.push({ key, text, without: { ...filters, ...cleared } })
  }
  for (const label of filters.label) {
    add(`label-${label}`, `label ${names.class(label)}`, { label: filters.label.filter(x => x !== label) })
  }
  for (const predicted of filters.predicted) {
    add(`predicted-${predicted}`, `predicted ${names.prediction(predicted)}`, {
      predicted: filters.predicted.filter(x => x !== predicted),
    })
  }
  if (filters.only) add('only', `${filters.only} only`, { only: null })
  if (filters.suspicion !== null) {
    add('suspicion', `suspicion ≥ ${significant(filters.suspicion)}`, { suspicion: null })
  }
  if (filters.id !== '') add('id', `id has “${filters.id}”`, { id: '' })
  if (filters.rows) {
    const { train, test } = filters.rows
    add('rows', `these ${count(train.length + test.length)}`, { rows: null })
  }
  return chips
}

export const isFiltering = (filters: Filters): boolean =>
  JSON.stringify(filters) !== JSON.stringify(NO_FILTERS)
