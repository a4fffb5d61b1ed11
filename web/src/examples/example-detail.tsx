import type { ExampleColumns } from '../../../src/server/wire.ts'
import { significant } from '../../../src/views/numbers.ts'
import { Button } from '../components/button.tsx'
import { ExamplePicture } from '../components/example-picture.tsx'
import { CloseIcon } from '../components/icons.tsx'
import { LabelText, useLabelWords } from '../components/label-text.tsx'
import { Stat, Stats } from '../components/stat.tsx'
import { ViewLink } from '../components/view-link.tsx'
import { useGo } from '../view/view-store.ts'
import styles from './example-detail.module.css'

/** The example in hand: larger, with what is known of it. */
export function ExampleDetail({ columns, at }: { columns: ExampleColumns; at: number }) {
  const go = useGo()
  const words = useLabelWords()
  const { split } = columns
  const [row, id] = [columns.rows[at], columns.ids[at]]
  const [label, predicted] = [columns.labels?.[at] ?? null, columns.predicted[at]]
  const suspicion = columns.suspicion?.[at]
  return (
    <aside className={styles.detail} aria-label={`Example ${id}`}>
      <header>
        <h2 className="id">{id}</h2>
        <Button look="quiet" aria-label="Close" onPress={() => go({ row: null })}>
          <CloseIcon />
        </Button>
      </header>
      <ExamplePicture
        split={split}
        row={row}
        size={256}
        alt={`${id}, ${words(label, predicted)}`}
        tile={id}
      />
      <LabelText label={label} predicted={predicted} />
      <Stats>
        <Stat name="Split">{split === 'train' ? 'training' : 'test'}</Stat>
        <Stat name="Row">{row}</Stat>
        {suspicion !== undefined && <Stat name="Suspicion (high = worse)">{significant(suspicion)}</Stat>}
      </Stats>
      <ViewLink to={{ screen: 'explain', split, row, picture: null, within: null }} className={styles.open}>
        Explain this example
      </ViewLink>
    </aside>
  )
}
