import type { ExplainerInfo } from '../../../src/server/wire.ts'
import { significant } from '../../../src/views/numbers.ts'
import { useExplainer } from '../source/explainer-context.tsx'
import { Badge } from './badge.tsx'
import styles from './label-text.module.css'

interface LabelTextProps {
  /** null where there is none */
  readonly label: number | null
  readonly predicted: number
  /** Its label at the explained output, where labels are numbers */
  readonly value?: number | null
}

/** Whether outputs are numbers of their own, so that the largest of them is no prediction. */
export const isNumeric = ({ task }: Pick<ExplainerInfo, 'task'>): boolean =>
  task === 'regression' || task === 'units'

/** A label at one output: a number, or whether the output is among the labels. */
export function valueWords({ task }: Pick<ExplainerInfo, 'task'>, value: number): string {
  if (task === 'multi-label' && (value === 0 || value === 1)) return value === 1 ? 'yes' : 'no'
  return significant(value, 5)
}

/** What an example is labelled, and what it is taken for where that differs. */
export function LabelText({ label, predicted, value = null }: LabelTextProps) {
  const { info, names } = useExplainer()
  const said = names.prediction(predicted)
  if (value !== null) {
    return (
      <span className={styles.text}>
        <span className="soft">label</span> <strong>{valueWords(info, value)}</strong>
      </span>
    )
  }
  if (label === null && isNumeric(info)) return null
  if (label === null) {
    return (
      <span className={styles.text}>
        <span className="soft">predicted</span> <strong>{said}</strong>
      </span>
    )
  }
  return (
    <span className={styles.text}>
      <strong>{names.class(label)}</strong>
      {info.task === 'classification' && label !== predicted && (
        <>
          <span aria-hidden="true" className="soft">
            →
          </span>
          <span className="spoken"> but predicted </span>
          {said}
          <Badge look="wrong">wrong</Badge>
        </>
      )}
    </span>
  )
}

/** The same in one line of plain words: for names of things. */
export function useLabelWords(): (label: number | null, predicted: number) => string {
  const { info, names } = useExplainer()
  return (label, predicted) => {
    const said = names.prediction(predicted)
    if (label === null) return isNumeric(info) ? 'without a class' : `predicted ${said}`
    const differs = info.task === 'classification' && label !== predicted
    return `label ${names.class(label)}${differs ? `, predicted ${said}` : ''}`
  }
}
