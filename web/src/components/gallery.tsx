import { type KeyboardEvent, type MouseEvent, memo, useId, useMemo, useRef, useState } from 'react'
import type { ExampleColumns } from '../../../src/server/wire.ts'
import { useExplainer } from '../source/explainer-context.tsx'
import { ExamplePicture } from './example-picture.tsx'
import styles from './gallery.module.css'
import { drawnTiles, movedBy, pressed } from './gallery-moves.ts'
import { LabelText } from './label-text.tsx'
import { useScrolled } from './use-scrolled.ts'

interface GalleryProps {
  /** What it shows, for screen readers */
  readonly label: string
  readonly columns: ExampleColumns
  /** Places in the columns, in order */
  readonly places: readonly number[]
  /** Rows */
  readonly selected: readonly number[]
  /** The rows that are then selected, and the one that was pressed last */
  readonly onSelect: (rows: readonly number[], last: number) => void
  /** Enter, or a second click */
  readonly onOpen: (row: number) => void
}

/** Of a tile, with the space after it, in CSS pixels. */
const [WIDTH, HEIGHT] = [120, 156]

/**
 * Examples as tiles: only those on the screen are drawn, so that it is smooth with all of a training set. A list
 * box with many choices: arrows move, Shift and Ctrl select more, Space takes one, Enter opens it.
 */
export function Gallery({ label, columns, places, selected, onSelect, onOpen }: GalleryProps) {
  const id = useId()
  const box = useRef<HTMLDivElement>(null)
  const { scrolled, width, height } = useScrolled(box)
  const [at, setAt] = useState(0)
  const anchor = useRef(0)
  const rows = useMemo(() => places.map(place => columns.rows[place]), [columns, places])
  const isSelected = useMemo(() => new Set(selected), [selected])
  const perRow = Math.max(1, Math.floor((width + 8) / WIDTH))
  const shape = { count: rows.length, perRow, perPage: perRow * Math.max(1, Math.floor(height / HEIGHT)) }
  const active = Math.min(at, rows.length - 1)
  const { from, to } = drawnTiles(scrolled, height, HEIGHT, shape)

  const moveTo = (to: number): void => {
    setAt(to)
    const [element, top] = [box.current, Math.floor(to / perRow) * HEIGHT]
    if (!element) return
    if (top < element.scrollTop) element.scrollTop = top
    else if (top + HEIGHT > element.scrollTop + height) element.scrollTop = top + HEIGHT - height
  }
  const press = (to: number, event: { shiftKey: boolean; ctrlKey: boolean; metaKey: boolean }): void => {
    const toggles = event.ctrlKey || event.metaKey
    onSelect(
      pressed(selected, rows, to, { toggles, anchor: event.shiftKey ? anchor.current : null }),
      rows[to],
    )
    if (!event.shiftKey) anchor.current = to
    // The list has the focus, and names the tile that is meant.
    box.current?.focus({ preventScroll: true })
    moveTo(to)
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    const to = movedBy(event.key, active, shape)
    if (to !== null && event.altKey) return
    if (to !== null) {
      if (event.ctrlKey && !event.shiftKey) moveTo(to)
      else press(to, { shiftKey: event.shiftKey, ctrlKey: false, metaKey: false })
    } else if (event.key === 'Enter') onOpen(rows[active])
    else if (event.key === ' ') press(active, { shiftKey: event.shiftKey, ctrlKey: true, metaKey: false })
    else if (event.key === 'a' && (event.ctrlKey || event.metaKey)) onSelect(rows, rows[active])
    else return
    event.preventDefault()
  }

  return (
    <div
      ref={box}
      className={styles.gallery}
      role="listbox"
      aria-label={label}
      aria-multiselectable="true"
      aria-activedescendant={active >= from && active < to ? `${id}-${rows[active]}` : undefined}
      tabIndex={0}
      onKeyDown={onKeyDown}
      onClick={event => pressedTile(event, to => press(to, event))}
      onDoubleClick={event => pressedTile(event, to => onOpen(rows[to]))}
    >
      <div role="presentation" style={{ height: Math.ceil(rows.length / perRow) * HEIGHT }}>
        <div
          role="presentation"
          className={styles.drawn}
          style={{
            translate: `0 ${(from / perRow) * HEIGHT}px`,
            gridTemplateColumns: `repeat(${perRow}, minmax(0, 1fr))`,
          }}
        >
          {rows.slice(from, to).map((row, i) => (
            <Tile
              key={row}
              id={`${id}-${row}`}
              columns={columns}
              place={places[from + i]}
              at={from + i}
              count={rows.length}
              isActive={from + i === active}
              isSelected={isSelected.has(row)}
            />
          ))}
        </div>
      </div>
    </div>
  )
}

function pressedTile(event: MouseEvent, then: (at: number) => void): void {
  const tile = (event.target as Element).closest<HTMLElement>('[data-at]')
  if (tile) then(Number(tile.dataset.at))
}

interface TileProps {
  readonly id: string
  readonly columns: ExampleColumns
  readonly place: number
  readonly at: number
  readonly count: number
  readonly isActive: boolean
  readonly isSelected: boolean
}

const Tile = memo(function Tile({ id, columns, place, at, count, isActive, isSelected }: TileProps) {
  const { names } = useExplainer()
  const [row, name, label] = [columns.rows[place], columns.ids[place], columns.labels?.[place] ?? null]
  return (
    <div
      id={id}
      role="option"
      aria-selected={isSelected}
      aria-posinset={at + 1}
      aria-setsize={count}
      tabIndex={-1}
      data-at={at}
      data-active={isActive}
      className={styles.tile}
    >
      <ExamplePicture
        split={columns.split}
        row={row}
        size={84}
        alt=""
        tile={label === null ? name : names.class(label)}
      />
      <span className={styles.words}>
        <LabelText label={label} predicted={columns.predicted[place]} />
      </span>
      <span className={styles.id}>{name}</span>
    </div>
  )
})
