import { useExplainer } from '../source/explainer-context.tsx'
import { Badge } from './badge.tsx'
import styles from './label-text.module.css'

interface LabelTextProps {
  /** null where there is none */
  readonly label: number | null
  readonly predicted: number
}

/** What an example is labelled, and what it is taken for where that differs. */
export function LabelText({ label, predicted }: LabelTextProps) {
  const { info, names } = useExplainer()
  const said = names.prediction(predicted)
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
    if (label === null) return `predicted ${said}`
    const differs = info.task === 'classification' && label !== predicted
    return `label ${names.class(label)}${differs ? `, predicted ${said}` : ''}`
  }
}
