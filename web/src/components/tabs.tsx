import { count } from '../../../src/views/numbers.ts'
import { TABS, type Tab } from '../view/view.ts'
import { useGo, useView } from '../view/view-store.ts'
import { Segments } from './segments.tsx'

const NAMES: Readonly<Record<Tab, string>> = { all: 'All', filtered: 'Filtered', selected: 'Selected' }

/** All / Filtered / Selected, with how many of each. */
export function ExampleTabs({ counts }: { counts: Readonly<Record<Tab, number>> }) {
  const { tab } = useView()
  const go = useGo()
  return (
    <Segments
      label="Which examples"
      value={tab}
      options={TABS.map(value => ({ value, text: `${NAMES[value]} ${count(counts[value])}` }))}
      onChange={value => go({ tab: value })}
    />
  )
}
