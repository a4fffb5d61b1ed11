import { useMemo } from 'react'
import { GridList, GridListItem, type Key, type Selection } from 'react-aria-components'
import { count, significant } from '../../../src/views/numbers.ts'
import { ExamplePicture } from '../components/example-picture.tsx'
import { LabelText, useLabelWords } from '../components/label-text.tsx'
import { useExplainer } from '../source/explainer-context.tsx'
import styles from './map.module.css'
import { type Points, splitOf } from './points.ts'

/** Of this many points nobody reads more; those nearest to the middle of the picture come first. */
export const MOST_LISTED = 200

interface PointListProps {
  readonly points: Points
  /** Which to list, in order */
  readonly listed: readonly number[]
  /** How many there are of these */
  readonly of: number
  readonly selected: ReadonlySet<number>
  readonly onSelect: (selected: Set<number>) => void
  readonly onOpen: (point: number) => void
  readonly label: string
}

/** Points of the map in words: all that can be done with them on the canvas can be done here. */
export function PointList({ points, listed, of, selected, onSelect, onOpen, label }: PointListProps) {
  const items = useMemo(() => listed.map(point => ({ id: point })), [listed])
  const isListed = useMemo(() => new Set(listed), [listed])
  const words = useLabelWords()
  const { names } = useExplainer()
  const change = (keys: Selection): void => {
    const chosen = keys === 'all' ? listed : ([...keys] as number[])
    onSelect(new Set([...[...selected].filter(point => !isListed.has(point)), ...chosen]))
  }
  return (
    <>
      {of > listed.length && (
        <p className="soft">
          The {count(listed.length)} of {count(of)} that are nearest to the middle.
        </p>
      )}
      <GridList
        aria-label={label}
        className={styles.list}
        items={items}
        selectionMode="multiple"
        selectionBehavior="toggle"
        selectedKeys={[...selected].filter(point => isListed.has(point))}
        onSelectionChange={change}
        onAction={(key: Key) => onOpen(Number(key))}
        renderEmptyState={() => <p className="soft">None.</p>}
      >
        {({ id: point }) => {
          const split = splitOf(points, point)
          const label = points.label[point] < 0 ? null : points.label[point]
          return (
            <GridListItem
              textValue={`${words(label, points.predicted[point])}, ${split} ${points.id[point]}`}
              className={styles.item}
            >
              <ExamplePicture
                split={split}
                row={points.row[point]}
                size={40}
                alt=""
                tile={label === null ? '?' : names.class(label)}
              />
              <span className={styles.about}>
                {points.predicted[point] >= 0 && (
                  <LabelText label={label} predicted={points.predicted[point]} />
                )}
                <span className="soft id">
                  {split === 'train' ? '' : 'test '}
                  {points.id[point]}
                  {!Number.isNaN(points.suspicion[point]) &&
                    ` · suspicion ${significant(points.suspicion[point], 3)}`}
                </span>
              </span>
            </GridListItem>
          )
        }}
      </GridList>
    </>
  )
}
