import { html } from '../html.ts'
import type { Chart, ChartText } from './chart.ts'
import { frame } from './frame.ts'
import { linearTicks, logTicks } from './ticks.ts'

export interface HistogramChart extends ChartText {
  readonly xName: string
  readonly yName: string
  readonly xLog?: boolean
  /** Of the columns, in order: one more than there are */
  readonly edges: readonly number[]
  readonly counts: readonly number[]
}

/** How many numbers fall between two edges. */
export function histogramChart({
  xName,
  yName,
  xLog = false,
  edges,
  counts,
  ...text
}: HistogramChart): Chart {
  const [from, to] = [edges[0], edges[edges.length - 1]]
  const most = counts.reduce((a, b) => Math.max(a, b), 1)
  return frame({
    ...text,
    x: { from, to, log: xLog, name: xName, ticks: xLog ? logTicks(from, to) : linearTicks(from, to) },
    y: { from: 0, to: most, name: yName, ticks: linearTicks(0, most, 4) },
    marks: place =>
      counts.map((n, i) => {
        const [left, right, top] = [place.x(edges[i]), place.x(edges[i + 1]), place.y(n)]
        return html`<rect class="chart-column" x="${left}" width="${Math.max(0.5, right - left - 0.75)}" y="${top}" height="${place.y(0) - top}"/>
`
      }),
  })
}
