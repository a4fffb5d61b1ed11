import type { ExampleColumns } from '../../../src/server/wire.ts'
import { ExamplePicture } from '../components/example-picture.tsx'
import { LabelText, useLabelWords } from '../components/label-text.tsx'
import { ViewLink } from '../components/view-link.tsx'
import { useExplainer } from '../source/explainer-context.tsx'
import styles from './starters.module.css'

const MOST = 24

/** Examples to begin with: those that the network gets wrong, where that is known. */
export function Starters({ columns }: { columns: ExampleColumns }) {
  const { info } = useExplainer()
  const words = useLabelWords()
  const { labels, predicted, rows, ids, split } = columns
  const places = rows.map((_, at) => at)
  const wrong =
    labels && info.task === 'classification' ? places.filter(at => labels[at] !== predicted[at]) : []
  const shown = (wrong.length > 0 ? wrong : places).slice(0, MOST)
  return (
    <section className={styles.starters}>
      <h2>{wrong.length > 0 ? 'Or begin with a mistake' : 'Or begin with one of these'}</h2>
      <ul>
        {shown.map(at => (
          <li key={rows[at]}>
            <ViewLink
              to={{ row: rows[at], picture: null, within: null }}
              label={`Explain ${ids[at]}, ${words(labels?.[at] ?? null, predicted[at])}`}
              className={styles.starter}
            >
              <ExamplePicture split={split} row={rows[at]} size={84} alt="" tile={ids[at]} />
              <LabelText label={labels?.[at] ?? null} predicted={predicted[at]} />
            </ViewLink>
          </li>
        ))}
      </ul>
    </section>
  )
}
