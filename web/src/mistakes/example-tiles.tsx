import { Checkbox, GridList, GridListItem, type Key, type Selection } from 'react-aria-components'
import { significant } from '../../../src/views/numbers.ts'
import { ExamplePicture } from '../components/example-picture.tsx'
import { LabelText, useLabelWords } from '../components/label-text.tsx'
import { useExplainer } from '../source/explainer-context.tsx'
import type { Split } from '../view/view.ts'
import { useGo, useView, withSelected } from '../view/view-store.ts'
import styles from './mistakes.module.css'

interface TileItem {
  readonly row: number
  readonly id: string
  readonly label: number | null
  readonly predicted: number
  /** High = worse */
  readonly suspicion?: number | null
  /** Of 1, for the bar below the note */
  readonly share?: number
  readonly note?: string
}

interface ExampleTilesProps {
  readonly label: string
  readonly split: Split
  readonly items: readonly TileItem[]
  /** What an explanation of one is set against, where it is opened */
  readonly contrast?: readonly [number, number]
  /** Whether they raise or lower, for the colour of their bars */
  readonly sign?: '+' | '−'
}

/** Examples side by side: Enter or a click explains one, the box selects it for every screen. */
export function ExampleTiles({ label, split, items, contrast, sign }: ExampleTilesProps) {
  const { selection } = useView()
  const go = useGo()
  const words = useLabelWords()
  const listed = new Set(items.map(({ row }) => row))
  const change = (keys: Selection): void => {
    const chosen = keys === 'all' ? [...listed] : [...keys].map(Number)
    const others = selection[split].filter(row => !listed.has(row))
    go({ selection: withSelected(selection, split, [...others, ...chosen]) })
  }
  const open = (key: Key): void =>
    go({
      screen: 'explain',
      split,
      row: Number(key),
      picture: null,
      output: contrast ? 'predicted' : 'label',
      contrast: contrast ?? null,
      within: null,
    })
  return (
    <GridList
      aria-label={label}
      layout="grid"
      data-sign={sign}
      className={styles.tiles}
      selectionMode="multiple"
      selectionBehavior="toggle"
      selectedKeys={selection[split].filter(row => listed.has(row))}
      onSelectionChange={change}
      onAction={open}
      renderEmptyState={() => <p className="soft">None.</p>}
    >
      {items.map(item => (
        <GridListItem
          key={item.row}
          id={item.row}
          className={styles.tile}
          textValue={[words(item.label, item.predicted), item.id, item.note].filter(Boolean).join(', ')}
        >
          <Tile item={item} split={split} />
        </GridListItem>
      ))}
    </GridList>
  )
}

function Tile({ item, split }: { item: TileItem; split: Split }) {
  const { names } = useExplainer()
  const { row, id, label, predicted, suspicion, share, note } = item
  return (
    <>
      <ExamplePicture
        split={split}
        row={row}
        size={84}
        alt=""
        tile={label === null ? id : names.class(label)}
      />
      <Checkbox slot="selection" className={styles.check}>
        <span className={styles.box} aria-hidden="true" />
      </Checkbox>
      <span className={styles.about}>
        {note && <b>{note}</b>}
        {share !== undefined && (
          <span className={styles.track} aria-hidden="true">
            <span style={{ width: `${100 * share}%` }} />
          </span>
        )}
        {note && <LabelText label={label} predicted={predicted} />}
        <span className="soft id" title={id}>
          {id}
        </span>
        {suspicion != null && <span className="soft">suspicion {significant(suspicion, 2)}</span>}
      </span>
    </>
  )
}
