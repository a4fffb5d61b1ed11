import { signed } from '../../../src/views/numbers.ts'
import { Badge } from '../components/badge.tsx'
import { ExampleCard } from '../components/example-card.tsx'
import { useExplainer } from '../source/explainer-context.tsx'
import type { Explanation } from '../view/view.ts'
import styles from './contributions.module.css'
import { PartMap } from './maps/part-map.tsx'
import { duplicatesOf, runningSums } from './reading.ts'

const KINDS = {
  excitatory: { sign: '+', name: 'Excitatory', verb: 'raise' },
  inhibitory: { sign: '−', name: 'Inhibitory', verb: 'lower' },
} as const

interface ContributionsProps {
  readonly kind: keyof typeof KINDS
  readonly explanation: Explanation
  readonly scale: number
  readonly decimals: number
  /** The explained training example itself; null where it is none */
  readonly self: number | null
  /** Rows that the explanation beside this one shows too */
  readonly common: ReadonlySet<number>
}

/** The training examples that raise an output, or those that lower it, the strongest first. */
export function Contributions({ kind, explanation, scale, decimals, self, common }: ContributionsProps) {
  const { names } = useExplainer()
  const { sign, name, verb } = KINDS[kind]
  const { output, contrast } = explanation
  const entries = explanation[kind]
  const sums = runningSums(entries)
  const duplicates = duplicatesOf(explanation)
  const what =
    contrast === null
      ? `the logit of ${names.output(output)}`
      : `${names.output(output)} against ${names.output(contrast)}`
  return (
    <section className={styles.column} aria-label={`${name}: ${verb} ${what}`}>
      <header>
        <h3>
          <span className={styles[kind]} aria-hidden="true">
            {sign}
          </span>{' '}
          {name}{' '}
          <small>
            {verb} {what}
          </small>
        </h3>
        <small>α × similarity · sum</small>
      </header>
      {entries.length === 0 ? (
        <p className="soft">
          No training example {verb}s {what}.
        </p>
      ) : (
        <ol>
          {entries.map((entry, i) => (
            <li key={entry.row}>
              <ExampleCard
                entry={entry}
                scale={scale}
                decimals={decimals}
                beside={<PartMap row={entry.row} id={entry.id} />}
                badges={
                  <>
                    {entry.row === self && <Badge look="strong">itself</Badge>}
                    {entry.label !== null && entry.label === explanation.label && entry.row !== self && (
                      <Badge>same label</Badge>
                    )}
                    {duplicates.has(entry.row) && <Badge>duplicate</Badge>}
                    {common.has(entry.row) && <Badge look="strong">in both</Badge>}
                  </>
                }
                note={
                  <span className={styles.sum}>
                    <span aria-hidden="true">Σ </span>
                    <span className="spoken">; sum so far: </span>
                    {signed(sums[i], decimals)}
                  </span>
                }
              />
            </li>
          ))}
        </ol>
      )}
    </section>
  )
}
