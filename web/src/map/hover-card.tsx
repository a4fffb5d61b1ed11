import { significant } from '../../../src/views/numbers.ts'
import { ExamplePicture } from '../components/example-picture.tsx'
import { LabelText } from '../components/label-text.tsx'
import { useExplainer } from '../source/explainer-context.tsx'
import styles from './map.module.css'
import { type Points, splitOf } from './points.ts'

/** What is under the pointer. */
export function HoverCard({ points, point }: { points: Points; point: number }) {
  const { names } = useExplainer()
  const split = splitOf(points, point)
  const label = points.label[point] < 0 ? null : points.label[point]
  const suspicion = points.suspicion[point]
  return (
    <>
      <ExamplePicture
        split={split}
        row={points.row[point]}
        size={96}
        alt=""
        tile={label === null ? points.id[point] : names.class(label)}
      />
      <span className={styles.about}>
        {points.predicted[point] >= 0 && <LabelText label={label} predicted={points.predicted[point]} />}
        <span className="soft id">{points.id[point]}</span>
        <span className="soft">
          {split === 'train' ? 'training' : 'test'} example
          {!Number.isNaN(suspicion) && `, suspicion ${significant(suspicion, 3)}`}
        </span>
      </span>
    </>
  )
}
