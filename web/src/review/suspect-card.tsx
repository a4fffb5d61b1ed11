import type { RefObject } from 'react'
import type { Decision, SuspectsPage } from '../../../src/server/wire.ts'
import { count, significant } from '../../../src/views/numbers.ts'
import { Badge } from '../components/badge.tsx'
import { Button } from '../components/button.tsx'
import { ExamplePicture } from '../components/example-picture.tsx'
import { ViewLink } from '../components/view-link.tsx'
import { useExplainer } from '../source/explainer-context.tsx'
import { useHotkey } from './hotkey.ts'
import { LabelChoice } from './label-choice.tsx'
import { labelName } from './label-names.ts'
import type { LabelOption } from './label-options.ts'
import { DONE } from './progress.ts'
import styles from './review.module.css'
import type { ReviewCommands } from './use-review-keys.ts'
import { whyQuestion } from './why-question.ts'

interface SuspectCardProps {
  readonly suspect: SuspectsPage['suspects'][number]
  /** How many training examples were ranked */
  readonly n: number
  /** What suspicion is by */
  readonly score: SuspectsPage['score']
  readonly decision: Decision | null
  readonly options: readonly LabelOption[]
  readonly note: string
  readonly onNote: (note: string) => void
  readonly onLabel: (label: number) => void
  readonly classBox: RefObject<HTMLInputElement | null>
  readonly commands: ReviewCommands
  readonly isSelected: boolean
  readonly isPinned: boolean
}

/** The suspect in hand, large, and what can be done about it. */
export function SuspectCard(props: SuspectCardProps) {
  const { suspect, n, score, decision, commands } = props
  const { info, names } = useExplainer()
  const { row, id, rank, label, suggested, suspicion } = suspect
  const nameOf = (label: number): string => labelName(info.task, names, suspect, label)
  const agrees = label === suggested
  const { output = 'predicted', contrast = null } = whyQuestion(info, suspect)
  return (
    <section className={info.pictures.train ? styles.card : styles.plainCard} aria-labelledby="suspect">
      {info.pictures.train && (
        <ExamplePicture
          split="train"
          row={row}
          size={252}
          alt={`Training example ${id}`}
          tile={nameOf(label)}
        />
      )}
      <div className={styles.what}>
        <h2 id="suspect">
          <span className="spoken">Label </span>
          <span className="soft">{nameOf(label)}</span>
          {!agrees && (
            <>
              <span aria-hidden="true" className="soft">
                →
              </span>
              <span className="spoken"> suggested </span>
              <ins>{nameOf(suggested)}</ins>
            </>
          )}
        </h2>
        <p className={styles.facts}>
          <span>
            No. <b>{count(rank)}</b> of {count(n)}
          </span>
          <span>
            suspicion <b>{significant(suspicion, 3)}</b> by {score}
          </span>
          <span className="soft id">{id}</span>
          {agrees && <Badge>no other label suggested</Badge>}
          {decision && (
            <Badge look="strong">
              {DONE[decision.action]}
              {decision.newLabel !== null && ` to ${nameOf(decision.newLabel)}`}
            </Badge>
          )}
        </p>
        <fieldset className={styles.verdicts}>
          <legend className="spoken">Decide</legend>
          <Button hotkey={useHotkey('keep')} onPress={commands.keep}>
            Keep {nameOf(label)}
          </Button>
          <Button look="main" isDisabled={agrees} hotkey={useHotkey('accept')} onPress={commands.accept}>
            Accept {nameOf(suggested)}
          </Button>
          <Button hotkey={useHotkey('exclude')} onPress={commands.exclude}>
            Exclude
          </Button>
          <Button hotkey={useHotkey('later')} onPress={commands.later}>
            Review later
          </Button>
        </fieldset>
        <LabelChoice {...props} />
        <label className={styles.note}>
          <span className="soft">Note</span>
          <input
            value={props.note}
            maxLength={4000}
            placeholder="kept with the decision"
            onChange={event => props.onNote(event.target.value)}
            onKeyDown={event => event.key === 'Escape' && event.currentTarget.blur()}
          />
        </label>
        <div className={styles.beside}>
          <ViewLink to={{ screen: 'explain', split: 'train', row, output, contrast }}>Explain it</ViewLink>
          <ViewLink to={{ screen: 'map', split: 'train', row, output, contrast }}>Show on the map</ViewLink>
          <Button
            look="quiet"
            aria-pressed={props.isSelected}
            hotkey={useHotkey('select')}
            onPress={commands.select}
          >
            {props.isSelected ? 'Selected' : 'Select'}
          </Button>
          <Button look="quiet" aria-pressed={props.isPinned} hotkey={useHotkey('pin')} onPress={commands.pin}>
            {props.isPinned ? 'Pinned' : 'Pin'}
          </Button>
          <Button look="quiet" hotkey={useHotkey('previous')} onPress={commands.previous}>
            Previous
          </Button>
          <Button look="quiet" hotkey={useHotkey('next')} onPress={commands.next}>
            Next
          </Button>
        </div>
      </div>
    </section>
  )
}
