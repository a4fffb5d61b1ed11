import type { ReactNode } from 'react'
import type { Answer } from '../../../src/server/wire.ts'
import { Button } from '../components/button.tsx'
import { PinIcon } from '../components/icons.tsx'
import { Loaded } from '../components/states.tsx'
import { useShortcuts } from '../layout/shortcuts.ts'
import { useExplainer } from '../source/explainer-context.tsx'
import type { Asked } from '../view/view.ts'
import { useGo, useView } from '../view/view-store.ts'
import { ClassSums } from './class-sums.tsx'
import styles from './compared.module.css'
import { ExplanationPane } from './explanation-pane.tsx'
import { inBoth, scaleOf } from './reading.ts'
import { type Subject, useAnswerOf } from './use-answer-of.ts'

interface ComparedProps {
  readonly answer: Answer
  readonly subject: Subject
}

/** The explanation in hand, and beside it the pinned one where that is another, on one scale. */
export function Compared({ answer, subject }: ComparedProps) {
  const { info } = useExplainer()
  const { pinned } = useView()
  const go = useGo()
  const asked = 'asked' in subject ? subject.asked : null
  const isPinned = asked !== null && pinned !== null && JSON.stringify(asked) === JSON.stringify(pinned)
  const pin = (): void => {
    if (asked) go({ pinned: isPinned ? null : asked })
  }
  useShortcuts('Explanation', [{ id: 'explain.pin', keys: ['p'], what: 'pin it, to compare with', run: pin }])
  const tools = asked && (
    <Button look="quiet" hotkey="P" aria-pressed={isPinned} onPress={pin}>
      <PinIcon /> {isPinned ? 'Pinned' : 'Pin to compare'}
    </Button>
  )
  if (pinned && !isPinned)
    return <SideBySide answer={answer} subject={subject} pinned={pinned} tools={tools} />
  return (
    <ExplanationPane answer={answer} subject={subject} scale={scaleOf([answer.explanation])} tools={tools}>
      {info.task !== 'regression' && <ClassSums explanation={answer.explanation} subject={subject} />}
    </ExplanationPane>
  )
}

interface SideBySideProps extends ComparedProps {
  readonly pinned: Asked
  readonly tools: ReactNode
}

function SideBySide({ answer, subject, pinned, tools }: SideBySideProps) {
  const { k } = useView()
  const go = useGo()
  const query = useAnswerOf({ asked: pinned }, k)
  return (
    <Loaded query={query} what="The pinned explanation">
      {other => {
        const scale = scaleOf([answer.explanation, other.explanation])
        const common = inBoth(answer.explanation, other.explanation)
        return (
          <div className={styles.both}>
            <ExplanationPane
              answer={answer}
              subject={subject}
              scale={scale}
              common={common}
              tools={tools}
              narrow
            />
            <ExplanationPane
              answer={other}
              subject={{ asked: pinned }}
              scale={scale}
              common={common}
              narrow
              tools={
                <Button look="quiet" onPress={() => go({ pinned: null })}>
                  <PinIcon /> Unpin
                </Button>
              }
            />
          </div>
        )
      }}
    </Loaded>
  )
}
