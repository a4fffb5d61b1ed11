import { useRef, useState } from 'react'
import type { Decision, SuspectsPage } from '../../../src/server/wire.ts'
import { useExplainer } from '../source/explainer-context.tsx'
import { useAnswer } from '../source/queries.ts'
import { useGo, useView, withSelected } from '../view/view-store.ts'
import { useAdvance } from './advance.ts'
import { labelName } from './label-names.ts'
import { labelOptions } from './label-options.ts'
import { progressOf } from './progress.ts'
import { ProgressBar } from './progress-bar.tsx'
import { keyOf, nextOpen, startAt, stepped } from './queue.ts'
import { QueueList } from './queue-list.tsx'
import styles from './review.module.css'
import { SuspectCard } from './suspect-card.tsx'
import type { Decisions, Verdict } from './use-decisions.ts'
import { useReviewKeys } from './use-review-keys.ts'
import { Why } from './why.tsx'
import { whyQuestion } from './why-question.ts'

interface QueueViewProps {
  readonly page: SuspectsPage
  readonly decisions: Decisions
  readonly decided: ReadonlyMap<string, Decision>
}

/** The suspect in hand, with the queue beside it; all of it works by keys. */
export function QueueView({ page, decisions, decided }: QueueViewProps) {
  const { info, names } = useExplainer()
  const view = useView()
  const go = useGo()
  const { advance, setAdvance } = useAdvance()
  const classBox = useRef<HTMLInputElement>(null)
  const queue = page.suspects
  const named =
    view.split === 'train' && view.row !== null ? { row: view.row, output: outputOf(view.choices) } : null
  // Where nothing is named it stays where it was first, though what is before it may become decided.
  const [first] = useState(() => startAt(named, queue, decided))
  const found = named === null ? -1 : queue.findIndex(suspect => keyOf(suspect) === keyOf(named))
  const at = found >= 0 ? found : Math.min(first, queue.length - 1)
  const suspect = queue[at]
  const decision = decided.get(keyOf(suspect)) ?? null
  const [note, setNote] = useNote(suspect, decision)

  const moveTo = (to: number): void => {
    const { row, output } = queue[to]
    const { of: _, ...others } = view.choices
    go(
      { split: 'train', row, choices: output === null ? others : { ...others, of: String(output) } },
      'replace',
    )
  }
  const decide = (verdict: Verdict): void => {
    decisions.decide(suspect, { ...verdict, note })
    moveTo(advance ? nextOpen(at, queue, new Set([...decided.keys(), keyOf(suspect)])) : at)
  }
  /** The label itself is no change: choosing it keeps it. */
  const giveLabel = (label: number): void =>
    decide(label === suspect.label ? { action: 'keep' } : { action: 'relabel', newLabel: label })

  const answer = useAnswer(whyQuestion(info, suspect))
  const current = answer.isPlaceholderData ? undefined : answer.data
  const options = current
    ? labelOptions(info.task, suspect.output, current, label => labelName(info.task, names, suspect, label))
    : []

  const jumpTo = (decision: Decision | null): void => {
    const to = decision ? queue.findIndex(suspect => keyOf(suspect) === keyOf(decision)) : -1
    if (to >= 0) moveTo(to)
  }
  const review = decisions.query.data
  const isSelected = view.selection.train.includes(suspect.row)
  const commands = {
    next: () => moveTo(stepped(at, 1, queue.length)),
    previous: () => moveTo(stepped(at, -1, queue.length)),
    keep: () => decide({ action: 'keep' }),
    accept: () => giveLabel(suspect.suggested),
    exclude: () => decide({ action: 'exclude' }),
    later: () => decide({ action: 'review' }),
    class: (rank: number) => options[rank] && giveLabel(options[rank].label),
    otherClass: () => classBox.current?.focus(),
    undo: () => {
      if (!review?.undo) return
      jumpTo(review.undo)
      decisions.undo()
    },
    redo: () => {
      if (!review?.redo) return
      jumpTo(review.redo)
      decisions.redo()
    },
    select: () =>
      go({
        selection: withSelected(
          view.selection,
          'train',
          isSelected
            ? view.selection.train.filter(row => row !== suspect.row)
            : [...view.selection.train, suspect.row],
        ),
      }),
    pin: () => {
      const { example, output = 'predicted', contrast = null } = whyQuestion(info, suspect)
      const pinned = { ...example, output, contrast }
      go({ pinned: JSON.stringify(view.pinned) === JSON.stringify(pinned) ? null : pinned })
    },
  }
  useReviewKeys(commands)
  return (
    <div className={styles.queueView}>
      <ProgressBar
        progress={progressOf(queue, decided)}
        advance={advance}
        onAdvance={setAdvance}
        canUndo={review?.undo != null}
        canRedo={review?.redo != null}
        onUndo={commands.undo}
        onRedo={commands.redo}
      />
      <QueueList queue={queue} at={at} decided={decided} onMove={moveTo} />
      <div className={styles.inHand}>
        <SuspectCard
          suspect={suspect}
          n={page.n}
          score={page.score}
          decision={decision}
          options={options}
          note={note}
          onNote={setNote}
          onLabel={giveLabel}
          classBox={classBox}
          commands={commands}
          isSelected={isSelected}
          isPinned={view.pinned?.split === 'train' && view.pinned.row === suspect.row}
        />
        <Why suspect={suspect} answer={answer} />
      </div>
    </div>
  )
}

const outputOf = ({ of }: Readonly<Record<string, string>>): number | null =>
  of !== undefined && /^\d+$/.test(of) ? Number(of) : null

/** The note of the suspect in hand: what was written with its decision, until it is written anew. */
function useNote(
  suspect: SuspectsPage['suspects'][number],
  decision: Decision | null,
): [string, (note: string) => void] {
  const key = keyOf(suspect)
  const kept = decision?.note ?? ''
  const [written, setWritten] = useState({ key, kept, note: kept })
  // What was written of another suspect, or before its decision was changed, is not the note of this one.
  const holds = written.key === key && written.kept === kept
  return [holds ? written.note : kept, note => setWritten({ key, kept, note })]
}
