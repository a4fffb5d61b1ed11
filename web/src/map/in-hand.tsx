import type { UseQueryResult } from '@tanstack/react-query'
import type { Answer } from '../../../src/server/wire.ts'
import { count, significant } from '../../../src/views/numbers.ts'
import { Button } from '../components/button.tsx'
import { ExamplePicture } from '../components/example-picture.tsx'
import { CloseIcon } from '../components/icons.tsx'
import { LabelText } from '../components/label-text.tsx'
import { Failure } from '../components/states.tsx'
import { ViewLink } from '../components/view-link.tsx'
import { useExplainer } from '../source/explainer-context.tsx'
import styles from './map.module.css'
import { type Points, splitOf } from './points.ts'

interface InHandProps {
  readonly points: Points
  readonly point: number
  readonly answer: UseQueryResult<Answer>
  /** Lines that are drawn, and examples that speak as much and are not on the map */
  readonly drawn: { readonly raise: number; readonly lower: number; readonly missing: number }
  /** Its neighbours on the map; empty while they are not asked for */
  readonly neighbours: readonly number[]
  readonly onNeighbours: (shown: boolean) => void
  readonly onSelect: (points: readonly number[]) => void
  readonly onOpen: (point: number) => void
  readonly onClose: () => void
}

/** The example in hand: what it is, what the lines say, and who its neighbours are. */
export function InHand(props: InHandProps) {
  const { points, point, neighbours } = props
  const { names } = useExplainer()
  const split = splitOf(points, point)
  const row = points.row[point]
  const label = points.label[point] < 0 ? null : points.label[point]
  return (
    <section className={styles.inHand} aria-label="The example in hand">
      <div className={styles.inHandHead}>
        <ExamplePicture
          split={split}
          row={row}
          size={84}
          alt=""
          tile={label === null ? points.id[point] : names.class(label)}
        />
        <div className={styles.about}>
          {points.predicted[point] >= 0 && <LabelText label={label} predicted={points.predicted[point]} />}
          <span className="soft id">{points.id[point]}</span>
          {!Number.isNaN(points.suspicion[point]) && (
            <span className="soft">suspicion {significant(points.suspicion[point], 3)}</span>
          )}
        </div>
        <Button look="quiet" aria-label="Put it back" onPress={props.onClose}>
          <CloseIcon />
        </Button>
      </div>
      <Lines {...props} />
      <div className={styles.actions}>
        <ViewLink to={{ screen: 'explain', split, row }}>Explain</ViewLink>
        <Button onPress={() => props.onNeighbours(neighbours.length === 0)}>
          {neighbours.length === 0 ? 'Show neighbours' : 'Hide neighbours'}
        </Button>
        <Button onPress={() => props.onSelect([point, ...neighbours])}>
          {neighbours.length === 0 ? 'Select' : `Select it and its ${neighbours.length} neighbours`}
        </Button>
      </div>
      {neighbours.length > 0 && <Neighbours {...props} />}
    </section>
  )
}

function Lines({ answer, drawn }: InHandProps) {
  const { names } = useExplainer()
  if (answer.isError) return <Failure what="Its explanation" error={answer.error} />
  if (!answer.data) return <p className="soft">Explaining …</p>
  const { explanation } = answer.data
  const { output, contrast } = explanation
  const what =
    contrast === null ? names.output(output) : `${names.output(output)} against ${names.output(contrast)}`
  return (
    <p>
      Lines lead to training examples that speak most for <b>{what}</b>:{' '}
      <span className="raises">
        <b>+</b> {drawn.raise} raise it
      </span>
      ,{' '}
      <span className="lowers">
        <b>−</b> {drawn.lower} lower it
      </span>
      , the wider the more.
      {drawn.missing > 0 &&
        ` The map is a sample: ${count(drawn.missing)} that speak as much are not on it; Explain has them all.`}
    </p>
  )
}

function Neighbours({ points, neighbours, onOpen }: InHandProps) {
  const { names } = useExplainer()
  return (
    <div>
      <h2>Nearest on the map</h2>
      <p className="soft">Distances on a map are only roughly those of the features.</p>
      <ul className={styles.neighbours}>
        {neighbours.map(i => {
          const name = points.label[i] >= 0 ? names.class(points.label[i]) : points.id[i]
          return (
            <li key={i}>
              <button
                type="button"
                onClick={() => onOpen(i)}
                aria-label={`${name}, ${splitOf(points, i)} ${points.id[i]}`}
              >
                <ExamplePicture split={splitOf(points, i)} row={points.row[i]} size={48} alt="" tile={name} />
                <span>{name}</span>
              </button>
            </li>
          )
        })}
      </ul>
    </div>
  )
}
