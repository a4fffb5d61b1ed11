import { count } from '../../../src/views/numbers.ts'
import type { Filters } from '../view/view.ts'
import type { Category, ColourBy } from './colouring.ts'
import { isOn, toggled } from './legend-filter.ts'
import styles from './map.module.css'
import { css, DISTINCT } from './palette.ts'

const TITLES: { readonly [B in ColourBy]: string } = {
  label: 'Label',
  predicted: 'Prediction',
  correctness: 'Correctness',
  suspicion: 'Suspicion',
}

interface LegendProps {
  readonly by: ColourBy
  readonly categories: readonly Category[]
  readonly filters: Filters
  readonly hasTest: boolean
  readonly onFilter: (filters: Filters) => void
}

/** What colours mean. A press on one filters to it, as the chips above then say; another press takes that back. */
export function Legend({ by, categories, filters, hasTest, onFilter }: LegendProps) {
  return (
    <section className={styles.legend} aria-label="Legend">
      <h2>{TITLES[by]}</h2>
      <ul>
        {categories.map(category => (
          <li key={category.name}>
            <LegendLine category={category} filters={filters} onFilter={onFilter} />
          </li>
        ))}
      </ul>
      {categories.filter(category => category.class !== null).length > DISTINCT && (
        <p className="soft">Colours come again after {DISTINCT} classes; names on the map tell them apart.</p>
      )}
      <ul className={styles.shapes}>
        <li>
          <Mark colour="var(--soft)" /> training example
        </li>
        {hasTest && (
          <li>
            <Mark colour="var(--soft)" isTest /> test example
          </li>
        )}
        <li>
          <Mark colour="var(--soft)" isRinged /> predicted another class than its label
        </li>
      </ul>
    </section>
  )
}

function LegendLine({
  category,
  filters,
  onFilter,
}: {
  category: Category
  filters: Filters
  onFilter: (filters: Filters) => void
}) {
  const { name, colour, filter, grow } = category
  const words = (
    <>
      <Mark colour={css(colour)} grow={grow} />
      <span className={styles.name}>{name}</span>
      <span className={styles.count}>{count(category.count)}</span>
    </>
  )
  if (!filter) return <span className={styles.line}>{words}</span>
  return (
    <button
      type="button"
      className={styles.line}
      aria-pressed={isOn(filters, filter)}
      onClick={() => onFilter(toggled(filters, filter))}
    >
      {words}
    </button>
  )
}

function Mark({
  colour,
  grow = 0,
  isTest = false,
  isRinged = false,
}: {
  colour: string
  grow?: number
  isTest?: boolean
  isRinged?: boolean
}) {
  const radius = 3.5 + grow
  return (
    <svg width="16" height="16" viewBox="-8 -8 16 16" aria-hidden="true">
      {isTest ? <path d="M0-5.5 5.5 0 0 5.5-5.5 0z" fill={colour} /> : <circle r={radius} fill={colour} />}
      {isRinged && <circle r="6.5" fill="none" stroke="var(--inhibitory)" strokeWidth="1.5" />}
    </svg>
  )
}
