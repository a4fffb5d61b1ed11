import type { Overview } from '../../../src/server/wire.ts'
import { count, significant } from '../../../src/views/numbers.ts'
import { Chart } from './chart.tsx'
import styles from './charts.module.css'
import { linearTicks, logTicks } from './ticks.ts'

/** How large |α| is over all examples and outputs: few examples matter much. */
export function AlphaChart({ alpha: { edges, counts, zero } }: { alpha: Overview['alpha'] }) {
  const [from, to] = [edges[0], edges[edges.length - 1]]
  const most = counts.reduce((a, b) => Math.max(a, b), 1)
  const mode = counts.indexOf(most)
  return (
    <Chart
      title="Sizes of |α|"
      words={`|α| lies between ${significant(from)} and ${significant(to)}, most often between ${significant(
        edges[mode],
      )} and ${significant(edges[mode + 1])}; ${count(zero)} are 0.`}
      x={{
        from,
        to,
        log: true,
        ticks: logTicks(from, to),
        name: `|α|${zero > 0 ? `, and ${count(zero)} of 0` : ''}`,
      }}
      y={{ from: 0, to: most, ticks: linearTicks(0, most, 4), name: 'examples × outputs' }}
    >
      {place =>
        counts.map((n, i) => (
          <rect
            key={edges[i]}
            className={styles.column}
            x={place.x(edges[i])}
            width={Math.max(0.5, place.x(edges[i + 1]) - place.x(edges[i]) - 0.75)}
            y={place.y(n)}
            height={place.y(0) - place.y(n)}
          />
        ))
      }
    </Chart>
  )
}
