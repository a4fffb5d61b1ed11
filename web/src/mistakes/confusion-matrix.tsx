import { type KeyboardEvent, useMemo, useRef, useState } from 'react'
import { count, fixed, percent } from '../../../src/views/numbers.ts'
import { useExplainer } from '../source/explainer-context.tsx'
import { useGo, useView } from '../view/view-store.ts'
import { type ClassOrder, type ClassTotals, type Counts, largestShare, shownClasses } from './matrix.ts'
import styles from './mistakes.module.css'
import { isOpened, type Opened, openedView } from './open-cell.ts'
import { moved, type TableCell } from './roving.ts'

/** A table whose cells arrows go through. */
const GRID = { role: 'grid' } as const

/** As many characters stand over a column of numbers. */
const NARROW = 6

/** What stands in the cells. */
export type Numbers = 'counts' | 'shares'

interface ConfusionMatrixProps {
  readonly counts: Counts
  readonly totals: readonly ClassTotals[]
  readonly order: ClassOrder
  readonly numbers: Numbers
}

/**
 * The confusion matrix: a table of buttons, one of which is in the order of the tab key; arrows go from one to the
 * next. The heads are buttons for a whole row or column.
 */
export function ConfusionMatrix({ counts, totals, order, numbers }: ConfusionMatrixProps) {
  const { names } = useExplainer()
  const classes = useMemo(() => shownClasses(totals, order), [totals, order])
  const darkest = useMemo(() => largestShare(counts, totals), [counts, totals])
  const [focus, setFocus] = useState<TableCell>({ row: 1, column: 1 })
  const table = useRef<HTMLTableElement>(null)
  // Long names over narrow columns stand upright.
  const upright = classes.some(({ class: index }) => names.class(index).length > NARROW)
  const size = { rows: classes.length + 1, columns: classes.length + 1 }

  const onKeyDown = (event: KeyboardEvent): void => {
    const next = moved(focus, event, size)
    if (!next) return
    event.preventDefault()
    setFocus(next)
    table.current?.rows[next.row + 1]?.cells[next.column]?.querySelector('button')?.focus()
  }
  const at = (row: number, column: number) => ({
    tabIndex: focus.row === row && focus.column === column ? 0 : -1,
    onFocus: () => setFocus({ row, column }),
  })
  return (
    <div className={styles.matrixFrame}>
      <table
        ref={table}
        {...GRID}
        className={styles.matrix}
        data-upright={upright}
        data-numbers={numbers}
        onKeyDown={onKeyDown}
      >
        <caption>
          Rows are labels, columns predictions; the diagonal is right. The darker, the larger the share of the
          label.
        </caption>
        <thead>
          <tr>
            <td />
            <th colSpan={classes.length} scope="colgroup" className={styles.axis}>
              Predicted
            </th>
            <td />
          </tr>
          <tr>
            <th scope="col" className={styles.axis}>
              Label
            </th>
            {classes.map(({ class: predicted, taken }, column) => (
              <th key={predicted} scope="col">
                <CellButton
                  opened={{ label: null, predicted }}
                  name={`predicted ${names.class(predicted)}: ${count(taken)} mistakes`}
                  {...at(0, column + 1)}
                >
                  {names.class(predicted)}
                </CellButton>
              </th>
            ))}
            <th scope="col" className={styles.error}>
              Wrong
            </th>
          </tr>
        </thead>
        <tbody>
          {classes.map(({ class: label, n, mistakes, error }, row) => (
            <tr key={label}>
              <th scope="row">
                <CellButton
                  opened={{ label, predicted: null }}
                  name={`label ${names.class(label)}: ${count(mistakes)} of ${count(n)} wrong`}
                  {...at(row + 1, 0)}
                >
                  {names.class(label)}
                </CellButton>
              </th>
              {classes.map(({ class: predicted }, column) => (
                <CountCell
                  key={predicted}
                  label={label}
                  predicted={predicted}
                  n={counts[label][predicted]}
                  of={n}
                  darkest={darkest}
                  numbers={numbers}
                  {...at(row + 1, column + 1)}
                />
              ))}
              <td className={styles.error}>{error === null ? '–' : percent(error, 1)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

interface Focused {
  readonly tabIndex: number
  readonly onFocus: () => void
}

interface CountCellProps extends Focused {
  readonly label: number
  readonly predicted: number
  readonly n: number
  readonly of: number
  readonly darkest: number
  readonly numbers: Numbers
}

function CountCell({ label, predicted, n, of, darkest, numbers, ...focused }: CountCellProps) {
  const { names } = useExplainer()
  const share = of === 0 ? 0 : n / of
  const isRight = label === predicted
  const strength = isRight ? share : darkest === 0 ? 0 : share / darkest
  const words = isRight
    ? `${names.class(label)} predicted as labelled`
    : `${names.class(label)} taken for ${names.class(predicted)}`
  return (
    <td
      className={isRight ? styles.right : styles.wrong}
      style={{ '--strength': n === 0 ? 0 : 0.08 + 0.92 * strength } as React.CSSProperties}
      data-strong={strength > 0.5}
      data-none={n === 0}
    >
      <CellButton
        opened={{ label, predicted }}
        name={`${words}: ${count(n)} of ${count(of)}, ${percent(share, 1)}`}
        {...focused}
      >
        {n === 0 ? '·' : numbers === 'counts' ? count(n) : fixed(100 * share, share < 0.0995 ? 1 : 0)}
      </CellButton>
    </td>
  )
}

interface CellButtonProps extends Focused {
  readonly opened: Opened
  readonly name: string
  readonly children: string
}

function CellButton({ opened, name, children, ...focused }: CellButtonProps) {
  const view = useView()
  const go = useGo()
  return (
    <button
      type="button"
      aria-label={name}
      aria-pressed={isOpened(view, opened)}
      title={name}
      onClick={() => go(openedView(view, opened))}
      {...focused}
    >
      {children}
    </button>
  )
}
