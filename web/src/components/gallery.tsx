import { useMemo } from 'react'
import { GridLayout, GridList, GridListItem, type Selection, Size, Virtualizer } from 'react-aria-components'
import type { ExampleColumns } from '../../../src/server/wire.ts'
import { ExamplePicture } from './example-picture.tsx'
import styles from './gallery.module.css'
import { LabelText, useLabelWords } from './label-text.tsx'

interface GalleryProps {
  /** What it shows, for screen readers */
  readonly label: string
  readonly columns: ExampleColumns
  /** Places in the columns, in order */
  readonly places: readonly number[]
  readonly selected: readonly number[]
  readonly onSelect: (rows: readonly number[]) => void
  /** Enter, or a second click */
  readonly onOpen: (row: number) => void
}

const LAYOUT = {
  minItemSize: new Size(112, 148),
  maxItemSize: new Size(150, 148),
  minSpace: new Size(8, 8),
  preserveAspectRatio: false,
}

/** Examples as tiles: only those on the screen are drawn, so that it is smooth with all of a training set. */
export function Gallery({ label, columns, places, selected, onSelect, onOpen }: GalleryProps) {
  const items = useMemo(() => places.map(at => ({ id: columns.rows[at], at })), [columns, places])
  const keys = useMemo(() => new Set(selected), [selected])
  const change = (selection: Selection): void =>
    onSelect(selection === 'all' ? items.map(({ id }) => id) : ([...selection] as number[]))
  return (
    <Virtualizer layout={GridLayout} layoutOptions={LAYOUT}>
      <GridList
        aria-label={label}
        layout="grid"
        className={styles.gallery ?? ''}
        items={items}
        selectionMode="multiple"
        selectionBehavior="replace"
        selectedKeys={keys}
        onSelectionChange={change}
        onAction={key => onOpen(Number(key))}
        dependencies={[columns]}
      >
        {({ at }) => <GalleryTile columns={columns} at={at} />}
      </GridList>
    </Virtualizer>
  )
}

function GalleryTile({ columns, at }: { columns: ExampleColumns; at: number }) {
  const words = useLabelWords()
  const [row, id, label, predicted] = [
    columns.rows[at],
    columns.ids[at],
    columns.labels?.[at] ?? null,
    columns.predicted[at],
  ]
  return (
    <GridListItem id={row} textValue={`${id}, ${words(label, predicted)}`} className={styles.tile ?? ''}>
      <ExamplePicture split={columns.split} row={row} size={84} alt="" tile={id} />
      <span className={styles.words}>
        <LabelText label={label} predicted={predicted} />
      </span>
      <span className={styles.id}>{id}</span>
    </GridListItem>
  )
}
