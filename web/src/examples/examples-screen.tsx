import { useMemo } from 'react'
import type { ExampleColumns } from '../../../src/server/wire.ts'
import { count } from '../../../src/views/numbers.ts'
import { Choice } from '../components/choice.tsx'
import { FilterBar } from '../components/filter-bar.tsx'
import { Gallery } from '../components/gallery.tsx'
import { Segments } from '../components/segments.tsx'
import { Empty, Loaded } from '../components/states.tsx'
import { ExampleTabs } from '../components/tabs.tsx'
import { useExplainer } from '../source/explainer-context.tsx'
import { useColumns } from '../source/queries.ts'
import { useSource } from '../source/source-context.tsx'
import { passing, shownPlaces } from '../view/filters.ts'
import { NO_FILTERS, SORTS, type Sort } from '../view/view.ts'
import { useGo, useView, withSelected } from '../view/view-store.ts'
import { ExampleDetail } from './example-detail.tsx'
import styles from './examples-screen.module.css'
import { Filtering } from './filtering.tsx'
import { SelectionBar } from './selection-bar.tsx'

/** All examples of a split as a gallery: filtered, sorted, selected. */
export default function ExamplesScreen() {
  const { info } = useExplainer()
  const { split } = useView()
  const go = useGo()
  const query = useColumns(split)
  return (
    <div className={styles.screen}>
      <header className={styles.header}>
        <h1>Examples</h1>
        <Segments
          label="Split"
          value={split}
          options={[
            { value: 'test', text: `Test ${count(info.tests)}`, disabled: info.tests === 0 },
            { value: 'train', text: `Training ${count(info.n)}` },
          ]}
          onChange={value => go({ split: value, row: null })}
        />
      </header>
      <Loaded query={query} what={`The ${split === 'train' ? 'training' : 'test'} examples`}>
        {columns => <Examples columns={columns} />}
      </Loaded>
    </div>
  )
}

function Examples({ columns }: { columns: ExampleColumns }) {
  const { kind } = useSource()
  const view = useView()
  const go = useGo()
  const { split, tab, filters, selection, sort, row } = view
  const places = useMemo(
    () => shownPlaces(columns, { tab, filters, selection, sort }),
    [columns, tab, filters, selection, sort],
  )
  const filtered = useMemo(() => passing(columns, filters).length, [columns, filters])
  const at = row === null ? -1 : columns.rows.indexOf(row)
  return (
    <>
      <div className={styles.tools}>
        <ExampleTabs counts={{ all: columns.rows.length, filtered, selected: selection[split].length }} />
        <Filtering columns={columns} />
        <Choice
          label="Sort by"
          value={`${sort.descending ? '-' : ''}${sort.by}`}
          options={sortOptions(columns)}
          onChange={value => go({ sort: sortOf(value) })}
        />
      </div>
      <FilterBar />
      {columns.rows.length < columns.of && (
        <p className="soft">
          {kind === 'report'
            ? `${count(columns.rows.length)} of ${count(columns.of)} examples are in this report.`
            : `A sample of ${count(columns.rows.length)} of ${count(columns.of)} examples; each class keeps its share.`}
        </p>
      )}
      <SelectionBar columns={columns} />
      <div className={at >= 0 ? styles.withDetail : styles.whole}>
        <div className={styles.gallery}>
          {places.length === 0 ? (
            <Nothing />
          ) : (
            <Gallery
              label={`${split === 'train' ? 'Training' : 'Test'} examples`}
              columns={columns}
              places={places}
              selected={selection[split]}
              onSelect={(rows, last) =>
                go({ selection: withSelected(selection, split, rows), row: last }, 'replace')
              }
              onOpen={opened => go({ screen: 'explain', split, row: opened, picture: null, within: null })}
            />
          )}
        </div>
        {at >= 0 && <ExampleDetail columns={columns} at={at} />}
      </div>
    </>
  )
}

function Nothing() {
  const { tab } = useView()
  const go = useGo()
  if (tab === 'selected') {
    return (
      <Empty title="Nothing is selected">
        <p>Click an example, or move with the arrow keys; Ctrl and Shift select more.</p>
      </Empty>
    )
  }
  return (
    <Empty title="No example passes all filters">
      <button type="button" onClick={() => go({ filters: NO_FILTERS })}>
        Remove all filters
      </button>
    </Empty>
  )
}

const SORT_NAMES: Readonly<Record<Sort['by'], string>> = {
  row: 'row',
  id: 'id',
  label: 'label',
  predicted: 'prediction',
  suspicion: 'suspicion',
}

function sortOptions({ labels, suspicion }: ExampleColumns) {
  return SORTS.filter(by => (by !== 'suspicion' || suspicion) && (by !== 'label' || labels)).flatMap(by => [
    { value: by, text: `${SORT_NAMES[by]} ↑` },
    { value: `-${by}`, text: `${SORT_NAMES[by]} ↓` },
  ])
}

const sortOf = (value: string): Sort => ({
  by: SORTS.find(by => by === value.replace(/^-/, '')) ?? 'row',
  descending: value.startsWith('-'),
})
