import { useState } from 'react'
import type { Action, Decision, SuspectsPage } from '../../../src/server/wire.ts'
import { count } from '../../../src/views/numbers.ts'
import { Button } from '../components/button.tsx'
import { ExamplePicture } from '../components/example-picture.tsx'
import { Segments } from '../components/segments.tsx'
import { useExplainer } from '../source/explainer-context.tsx'
import { useGo } from '../view/view-store.ts'
import { labelName } from './label-names.ts'
import { countsOf } from './optimistic.ts'
import { DONE } from './progress.ts'
import { keyOf } from './queue.ts'
import styles from './review.module.css'

const ACTIONS: readonly Action[] = ['relabel', 'exclude', 'keep', 'review']
const FIRST = 24

interface DecidedProps {
  readonly decisions: readonly Decision[]
  readonly page: SuspectsPage
}

/** What was decided, in this queue and outside it, the last first. */
export function Decided({ decisions, page }: DecidedProps) {
  const { info, names } = useExplainer()
  const go = useGo()
  const [shown, setShown] = useState<Action | 'all'>('all')
  const [isAll, setAll] = useState(false)
  if (decisions.length === 0) return null
  const counts = countsOf(decisions)
  const listed = decisions
    .filter(({ action }) => shown === 'all' || action === shown)
    .sort((a, b) => (a.at < b.at ? 1 : -1))
  const inQueue = new Set(page.suspects.map(keyOf))
  const open = (decision: Decision): void => {
    const { row, output } = decision
    if (!inQueue.has(keyOf(decision))) {
      go({ screen: 'explain', split: 'train', row, picture: null })
      return
    }
    go({ split: 'train', row, ...(output !== null && { choices: { of: String(output) } }) }, 'replace')
    window.scrollTo({ top: 0 })
  }
  return (
    <section className={styles.decided} aria-labelledby="decided">
      <header>
        <h2 id="decided">Decided</h2>
        <Segments
          label="Which decisions"
          value={shown}
          options={[
            { value: 'all', text: `All ${count(decisions.length)}` },
            ...ACTIONS.map(action => ({
              value: action,
              text: `${DONE[action][0].toUpperCase()}${DONE[action].slice(1)} ${count(counts[action])}`,
              disabled: counts[action] === 0 && shown !== action,
            })),
          ]}
          onChange={setShown}
        />
      </header>
      <ul>
        {listed.slice(0, isAll ? listed.length : FIRST).map(decision => {
          const { row, id, action, label, newLabel, note, reviewer } = decision
          const was = labelName(info.task, names, decision, label)
          return (
            <li key={keyOf(decision)}>
              <button type="button" onClick={() => open(decision)}>
                {info.pictures.train && (
                  <ExamplePicture split="train" row={row} size={44} alt="" tile={was} />
                )}
                <span className={styles.decisionWords}>
                  <span data-action={action} className={styles.action}>
                    {DONE[action]}
                  </span>
                  <b>
                    {newLabel === null ? was : `${was} → ${labelName(info.task, names, decision, newLabel)}`}
                  </b>
                  <span className="soft id">{id}</span>
                  {(note || reviewer) && (
                    <span className={styles.said}>{[reviewer, note].filter(Boolean).join(': ')}</span>
                  )}
                </span>
              </button>
            </li>
          )
        })}
      </ul>
      {listed.length > FIRST && (
        <Button look="quiet" onPress={() => setAll(!isAll)}>
          {isAll ? 'Show fewer' : `Show all ${count(listed.length)}`}
        </Button>
      )}
    </section>
  )
}
