import type { RefObject } from 'react'
import type { SuspectsPage } from '../../../src/server/wire.ts'
import { percent } from '../../../src/views/numbers.ts'
import { Typeahead } from '../components/typeahead.tsx'
import { useExplainer } from '../source/explainer-context.tsx'
import { useHotkey } from './hotkey.ts'
import { fitting, type LabelOption } from './label-options.ts'
import { NumberChoice } from './number-choice.tsx'
import styles from './review.module.css'

interface LabelChoiceProps {
  readonly suspect: SuspectsPage['suspects'][number]
  readonly options: readonly LabelOption[]
  readonly onLabel: (label: number) => void
  readonly classBox: RefObject<HTMLInputElement | null>
}

/** As many classes as there are keys for them. */
const KEYED = 9
/** A name of more characters takes a line of its own. */
const LONG = 8

/** The labels that the example could get: the most likely first, and all others by name. */
export function LabelChoice(props: LabelChoiceProps) {
  const { info } = useExplainer()
  if (info.task === 'regression') return <NumberChoice {...props} />
  return (
    <div className={styles.labels} data-long={props.options.some(({ name }) => name.length > LONG)}>
      <h3>Classes by likelihood</h3>
      <ol>
        {props.options.slice(0, KEYED).map((option, at) => (
          <li key={option.label}>
            <OptionButton {...props} option={option} at={at} />
          </li>
        ))}
      </ol>
      {props.options.length > 2 && <ClassBox {...props} />}
    </div>
  )
}

interface OptionButtonProps extends LabelChoiceProps {
  readonly option: LabelOption
  readonly at: number
}

function OptionButton({ option: { label, name, probability }, at, suspect, onLabel }: OptionButtonProps) {
  const hotkey = useHotkey(`class-${(at + 1) as 1}`)
  const isGiven = label === suspect.label
  const words = [name, probability === null ? null : percent(probability, 1), isGiven ? 'its label' : null]
  return (
    <button
      type="button"
      className={styles.option}
      aria-label={words.filter(Boolean).join(', ')}
      onClick={() => onLabel(label)}
    >
      <span aria-hidden="true">
        <kbd>{hotkey ?? '·'}</kbd>
      </span>
      <span className={styles.optionName}>
        {name}
        {isGiven && <span className="soft"> its label</span>}
      </span>
      <span className={styles.optionBar} aria-hidden="true">
        <span style={{ width: `${100 * (probability ?? 0)}%` }} />
      </span>
      <span className={styles.optionShare}>{probability === null ? '' : percent(probability, 1)}</span>
    </button>
  )
}

/** Any class by its name. */
function ClassBox({ options, onLabel, classBox, suspect }: LabelChoiceProps) {
  const hotkey = useHotkey('other-class')
  return (
    <Typeahead
      // Empty again for every suspect.
      key={`${suspect.row} ${suspect.output}`}
      className={styles.classBox}
      label={
        <span className="soft">
          Other class
          {hotkey && (
            <span aria-hidden="true">
              <kbd>{hotkey}</kbd>
            </span>
          )}
        </span>
      }
      placeholder="type its name"
      offersOf={text =>
        fitting(options, text).map(({ label, name, probability }) => ({
          id: label,
          name,
          aside:
            label === suspect.label
              ? 'its label'
              : probability !== null
                ? percent(probability, 1)
                : undefined,
        }))
      }
      none="No class has this name."
      onPick={onLabel}
      opensOnFocus
      inputRef={classBox}
    />
  )
}
