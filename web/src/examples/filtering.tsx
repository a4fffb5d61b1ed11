import type { ExampleColumns } from '../../../src/server/wire.ts'
import { significant } from '../../../src/views/numbers.ts'
import { Choice } from '../components/choice.tsx'
import { isNumeric } from '../components/label-text.tsx'
import { SearchBox } from '../components/search-box.tsx'
import { useExplainer } from '../source/explainer-context.tsx'
import type { Filters } from '../view/view.ts'
import { useGo, useView } from '../view/view-store.ts'

/** Shares of the training set that a filter by suspicion offers. */
const SHARES = [0.001, 0.01, 0.1]

/** What examples can be filtered by; each choice makes a chip. */
export function Filtering({ columns }: { columns: ExampleColumns }) {
  const { filters } = useView()
  const { info, names } = useExplainer()
  const go = useGo()
  const filter = (change: Partial<Filters>): void =>
    go({ filters: { ...filters, ...change }, tab: 'filtered' })
  const classes = Array.from({ length: info.classCount }, (_, i) => i)
  const add = (by: 'label' | 'predicted', value: string): void => {
    if (value !== '') filter({ [by]: [...new Set([...filters[by], Number(value)])].sort((a, b) => a - b) })
  }
  const options = (name: (i: number) => string) => [
    { value: '', text: 'any' },
    ...classes.map(i => ({ value: String(i), text: name(i) })),
  ]
  return (
    <>
      {columns.labels && (
        <Choice
          label="Label"
          value=""
          options={options(names.class)}
          onChange={value => add('label', value)}
        />
      )}
      {!isNumeric(info) && (
        <Choice
          label="Predicted"
          value=""
          options={options(names.prediction)}
          onChange={value => add('predicted', value)}
        />
      )}
      {columns.labels && info.task === 'classification' && (
        <Choice
          label="Prediction"
          value={filters.only ?? ''}
          options={[
            { value: '', text: 'any' },
            { value: 'wrong', text: 'wrong' },
            { value: 'right', text: 'right' },
          ]}
          onChange={value => filter({ only: value === 'wrong' || value === 'right' ? value : null })}
        />
      )}
      {columns.suspicion && (
        <Choice
          label="Suspicion"
          value={filters.suspicion === null ? '' : String(filters.suspicion)}
          options={suspicionOptions(columns.suspicion, filters.suspicion)}
          onChange={value => filter({ suspicion: value === '' ? null : Number(value) })}
        />
      )}
      <SearchBox
        label="Part of an id"
        value={filters.id}
        onChange={id => go({ filters: { ...filters, id }, tab: 'filtered' }, 'replace')}
      />
    </>
  )
}

function suspicionOptions(suspicion: readonly number[], chosen: number | null) {
  const decreasing = [...suspicion].sort((a, b) => b - a)
  const offered = SHARES.map(share => decreasing[Math.ceil(share * decreasing.length) - 1])
  const others = chosen === null || offered.includes(chosen) ? [] : [chosen]
  return [
    { value: '', text: 'any' },
    ...SHARES.map((share, i) => ({
      value: String(offered[i]),
      text: `highest ${100 * share} %`,
    })),
    ...others.map(value => ({ value: String(value), text: `≥ ${significant(value)}` })),
  ]
}
