import { useEffect, useRef } from 'react'
import type { Decision, SuspectsPage } from '../../../src/server/wire.ts'
import { ExamplePicture } from '../components/example-picture.tsx'
import { useExplainer } from '../source/explainer-context.tsx'
import { labelName } from './label-names.ts'
import { DONE } from './progress.ts'
import { keyOf } from './queue.ts'
import styles from './review.module.css'

interface QueueListProps {
  readonly queue: SuspectsPage['suspects']
  readonly at: number
  readonly decided: ReadonlyMap<string, Decision>
  readonly onMove: (to: number) => void
}

/** As many characters stand beside a picture. */
const LINE = 17

/** The queue, the worst first; what was decided is marked. */
export function QueueList({ queue, at, decided, onMove }: QueueListProps) {
  const { info, names } = useExplainer()
  const list = useRef<HTMLOListElement>(null)
  useEffect(() => {
    const frame = list.current
    const item = frame?.children[at]
    if (!frame || !(item instanceof HTMLElement)) return
    // By hand: `scrollIntoView` would scroll the page too.
    frame.scrollTo({
      top: item.offsetTop - (frame.clientHeight - item.offsetHeight) / 2,
      left: item.offsetLeft - (frame.clientWidth - item.offsetWidth) / 2,
    })
  }, [at])
  return (
    <nav aria-label="Queue" className={styles.queue}>
      <ol ref={list}>
        {queue.map((suspect, i) => {
          const { row, rank, id, label, suggested } = suspect
          const decision = decided.get(keyOf(suspect))
          const [given, other] = [label, suggested].map(of => labelName(info.task, names, suspect, of))
          const change = `${given} → ${other}`
          // Long names have a line each.
          const isLong = change.length > LINE
          return (
            <li key={keyOf(suspect)}>
              <button
                type="button"
                aria-current={i === at ? 'step' : undefined}
                data-action={decision?.action}
                aria-label={`${rank}: ${id}, ${change}${decision ? `, ${DONE[decision.action]}` : ''}`}
                onClick={() => onMove(i)}
              >
                {info.pictures.train && (
                  <ExamplePicture split="train" row={row} size={36} alt="" tile={given} />
                )}
                <span className={styles.queueWords}>
                  {isLong ? (
                    <>
                      <b>{given}</b>
                      <b>→ {other}</b>
                    </>
                  ) : (
                    <b>{change}</b>
                  )}
                  <span className="soft">{decision ? DONE[decision.action] : `no. ${rank}`}</span>
                </span>
              </button>
            </li>
          )
        })}
      </ol>
    </nav>
  )
}
