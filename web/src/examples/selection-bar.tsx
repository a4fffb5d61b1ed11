import type { ExampleColumns } from '../../../src/server/wire.ts'
import { count } from '../../../src/views/numbers.ts'
import { Button } from '../components/button.tsx'
import { DownloadIcon } from '../components/icons.tsx'
import { useExplainer } from '../source/explainer-context.tsx'
import { selectionAsFilter, useGo, useView, withSelected } from '../view/view-store.ts'
import { exportCsv } from './export-csv.ts'
import styles from './selection-bar.module.css'

/** What can be done with what is selected. */
export function SelectionBar({ columns }: { columns: ExampleColumns }) {
  const view = useView()
  const { info, names } = useExplainer()
  const go = useGo()
  const rows = view.selection[view.split]
  if (rows.length === 0) return null
  const save = (): void => {
    const text = exportCsv(columns, rows, names)
    const link = document.createElement('a')
    link.href = URL.createObjectURL(new Blob([text], { type: 'text/csv' }))
    link.download = `${info.name}-${view.split}-selection.csv`
    link.click()
    URL.revokeObjectURL(link.href)
  }
  return (
    <section className={styles.bar} aria-label="Selection">
      <strong role="status">{count(rows.length)} selected</strong>
      <Button onPress={() => go(selectionAsFilter(view))}>Show only these</Button>
      <Button onPress={save}>
        <DownloadIcon /> Export as CSV
      </Button>
      <Button look="quiet" onPress={() => go({ selection: withSelected(view.selection, view.split, []) })}>
        Clear
      </Button>
    </section>
  )
}
