import type { ReactNode } from 'react'
import { signed, significant } from '../../../src/views/numbers.ts'
import { useExplainer } from '../source/explainer-context.tsx'
import type { Entry } from '../view/view.ts'
import styles from './example-card.module.css'
import { ExamplePicture } from './example-picture.tsx'
import { LabelText, useLabelWords } from './label-text.tsx'
import { SignedBar } from './signed-bar.tsx'
import { ViewLink } from './view-link.tsx'

interface ExampleCardProps {
  readonly entry: Entry
  /** What fills one side of its bar */
  readonly scale: number
  readonly decimals: number
  /** What stands beside its picture */
  readonly beside?: ReactNode
  /** Words about it */
  readonly badges?: ReactNode
  /** What stands at its end, below the value */
  readonly note?: ReactNode
}

/** A training example's part in a prediction: what it is, its signed value, and the two factors of that. */
export function ExampleCard({ entry, scale, decimals, beside, badges, note }: ExampleCardProps) {
  const { info } = useExplainer()
  const words = useLabelWords()
  const { row, id, label, labelValue, predicted, value, alpha, similarity } = entry
  return (
    <div className={styles.card}>
      {info.pictures.train && (
        <ExamplePicture
          split="train"
          row={row}
          size={56}
          alt={`${id}, ${words(label, predicted)}`}
          tile={id}
        />
      )}
      {beside}
      <div className={styles.body}>
        <span className={styles.what}>
          <LabelText label={label} predicted={predicted} value={labelValue} />
          {badges}
        </span>
        <span className={`number ${styles.value} ${value < 0 ? 'lowers' : 'raises'}`}>
          {signed(value, decimals)}
        </span>
        <div className={styles.bar}>
          <SignedBar value={value} scale={scale} />
        </div>
        <span className={styles.small}>
          <ViewLink
            to={{ screen: 'explain', split: 'train', row, picture: null, within: null }}
            label={`Explain this one: ${id}`}
            className={styles.id}
          >
            {id}
          </ViewLink>
        </span>
        <span className={`number ${styles.small}`}>
          <span className="spoken">alpha times similarity: </span>
          {significant(alpha)} × {significant(similarity)}
          {note}
        </span>
      </div>
    </div>
  )
}
