import type { Action } from '../../../src/server/wire.ts'
import { Button } from '../components/button.tsx'
import { Toggle } from '../components/toggle.tsx'
import { useHotkey } from './hotkey.ts'
import { type Progress, progressWords } from './progress.ts'
import styles from './review.module.css'

interface ProgressBarProps {
  readonly progress: Progress
  readonly advance: boolean
  readonly onAdvance: (advance: boolean) => void
  readonly canUndo: boolean
  readonly canRedo: boolean
  readonly onUndo: () => void
  readonly onRedo: () => void
}

const PARTS: readonly Action[] = ['relabel', 'exclude', 'keep', 'review']

/** How much of the queue is decided, and the way back. */
export function ProgressBar(props: ProgressBarProps) {
  const { progress } = props
  return (
    <div className={styles.progress}>
      <p role="status" aria-label="Progress">
        {progressWords(progress)}
      </p>
      <span className={styles.parts} aria-hidden="true">
        {PARTS.map(action => (
          <span
            key={action}
            data-action={action}
            style={{ width: `${(100 * progress.counts[action]) / Math.max(progress.of, 1)}%` }}
          />
        ))}
      </span>
      <span className={styles.steps}>
        <Button isDisabled={!props.canUndo} hotkey={useHotkey('undo')} onPress={props.onUndo}>
          Undo
        </Button>
        <Button isDisabled={!props.canRedo} hotkey={useHotkey('redo')} onPress={props.onRedo}>
          Redo
        </Button>
        <Toggle isOn={props.advance} onChange={props.onAdvance}>
          Go on after a decision
        </Toggle>
      </span>
    </div>
  )
}
