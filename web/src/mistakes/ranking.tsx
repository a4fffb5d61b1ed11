import { useState } from 'react'
import type { Mistakes } from '../../../src/server/wire.ts'
import { count, percent } from '../../../src/views/numbers.ts'
import { Button } from '../components/button.tsx'
import { useExplainer } from '../source/explainer-context.tsx'
import { useGo, useView } from '../view/view-store.ts'
import type { ClassTotals } from './matrix.ts'
import styles from './mistakes.module.css'
import { isOpened, openedView } from './open-cell.ts'

const FIRST = 15

interface RankingProps {
  readonly cells: Mistakes['cells']
  readonly totals: readonly ClassTotals[]
}

/** The mistakes, the most frequent first: those of the label or prediction that chips name. */
export function Ranking({ cells, totals }: RankingProps) {
  const { names } = useExplainer()
  const view = useView()
  const go = useGo()
  const [isAll, setAll] = useState(false)
  const { label, predicted } = view.filters
  const isOne = label.length > 0 && predicted.length > 0
  const listed = cells.filter(
    cell =>
      isOne ||
      ((label.length === 0 || label.includes(cell.label)) &&
        (predicted.length === 0 || predicted.includes(cell.predicted))),
  )
  const most = listed[0]?.count ?? 1
  return (
    <section className={styles.ranking} aria-labelledby="ranking">
      <h2 id="ranking">Most frequent mistakes</h2>
      {listed.length === 0 && <p className="soft">None.</p>}
      <ol>
        {listed.slice(0, isAll ? listed.length : FIRST).map(cell => (
          <li key={`${cell.label} ${cell.predicted}`}>
            <button
              type="button"
              className={styles.mistake}
              aria-pressed={isOpened(view, cell)}
              onClick={() => go(openedView(view, cell))}
            >
              <span className={styles.pair}>
                <b>{names.class(cell.label)}</b> <span className="soft">taken for</span>{' '}
                <b>{names.class(cell.predicted)}</b>
              </span>
              <span className={styles.times}>
                {count(cell.count)}
                <span className="soft"> {percent(cell.count / totals[cell.label].n, 1)}</span>
              </span>
              <span className={styles.track} aria-hidden="true">
                <span style={{ width: `${(100 * cell.count) / most}%` }} />
              </span>
            </button>
          </li>
        ))}
      </ol>
      {listed.length > FIRST && (
        <Button look="quiet" onPress={() => setAll(!isAll)}>
          {isAll ? 'Show fewer' : `Show all ${count(listed.length)}`}
        </Button>
      )}
    </section>
  )
}
