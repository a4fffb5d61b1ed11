import type { Overview } from '../../../src/server/wire.ts'
import { bound, significant } from '../../../src/views/numbers.ts'
import { Chart } from './chart.tsx'
import styles from './charts.module.css'
import { linearTicks, logTicks } from './ticks.ts'

/** How the bound of the completeness gap fell while the head was fitted. */
export function ConvergenceChart({
  convergence,
  gap,
}: {
  convergence: Overview['convergence']
  gap: number
}) {
  const shown = convergence.filter(point => point.gap > 0)
  const gaps = [...shown.map(point => point.gap), gap]
  const [low, high] = [Math.min(...gaps), Math.max(...gaps)]
  const [from, to] = [10 ** Math.floor(Math.log10(low)), 10 ** Math.ceil(Math.log10(high))]
  const last = shown[shown.length - 1].evaluations
  return (
    <Chart
      title="Convergence"
      words={`The bound of the completeness gap fell from ${significant(shown[0].gap)} to ${significant(
        shown[shown.length - 1].gap,
      )} logits in ${last} evaluations; ${bound(gap)} was asked for.`}
      x={{ from: 0, to: last, ticks: linearTicks(0, last), name: 'evaluations of the objective' }}
      y={{ from, to, log: true, ticks: logTicks(from, to), name: 'gap at most, in logits' }}
    >
      {place => (
        <>
          <line
            className={styles.wanted}
            x1={place.x(0)}
            x2={place.x(last)}
            y1={place.y(gap)}
            y2={place.y(gap)}
          />
          <text className={styles.wantedName} x={place.x(0) + 5} y={place.y(gap) - 5}>
            asked for
          </text>
          <polyline
            className={styles.line}
            points={shown.map(point => `${place.x(point.evaluations)},${place.y(point.gap)}`).join(' ')}
          />
        </>
      )}
    </Chart>
  )
}
