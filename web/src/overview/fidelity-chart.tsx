import { useMemo } from 'react'
import type { Overview } from '../../../src/server/wire.ts'
import { count, significant } from '../../../src/views/numbers.ts'
import { Chart } from './chart.tsx'
import styles from './charts.module.css'
import { linearTicks } from './ticks.ts'

/** Given against fitted logits: on the line where the fitted head says what the model says. */
export function FidelityChart({
  fidelity,
  pearson,
}: {
  fidelity: NonNullable<Overview['fidelity']>
  pearson: number | null
}) {
  const { points, sampled, of } = fidelity
  const [from, to] = useMemo(() => {
    const values = points.flatMap(({ given, fitted }) => [given, fitted])
    return [values.reduce((a, b) => Math.min(a, b), 0), values.reduce((a, b) => Math.max(a, b), 1)]
  }, [points])
  const ticks = linearTicks(from, to)
  return (
    <Chart
      title="Given against fitted outputs"
      words={`${count(sampled)} given and fitted logits${
        pearson === null ? '' : `, with a correlation of ${significant(pearson)}`
      }; on the diagonal they are the same.`}
      x={{ from, to, ticks, name: `given logit (${count(sampled)} of ${count(of)})` }}
      y={{ from, to, ticks, name: 'fitted logit' }}
    >
      {place => (
        <>
          <line
            className={styles.diagonal}
            x1={place.x(from)}
            y1={place.y(from)}
            x2={place.x(to)}
            y2={place.y(to)}
          />
          <path
            className={styles.points}
            d={points
              .map(({ given, fitted }) => `M${place.x(given).toFixed(1)} ${place.y(fitted).toFixed(1)}h0`)
              .join('')}
          />
        </>
      )}
    </Chart>
  )
}
