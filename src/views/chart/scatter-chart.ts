import { html } from '../html.ts'
import { type Axis, extent } from './axis.ts'
import type { Chart, ChartText } from './chart.ts'
import { frame } from './frame.ts'
import { linearTicks } from './ticks.ts'

export interface ScatterChart extends ChartText {
  readonly xName: string
  readonly yName: string
  readonly points: readonly { readonly x: number; readonly y: number }[]
  /** Both axes have one scale, and a line shows where x = y */
  readonly diagonal?: boolean
}

/** One dot for each pair of numbers; where many stand, it is darker. */
export function scatterChart({ xName, yName, points, diagonal = false, ...text }: ScatterChart): Chart {
  const xs = extent(points.map(({ x }) => x))
  const ys = extent(points.map(({ y }) => y))
  const both: [number, number] = [Math.min(xs[0], ys[0]), Math.max(xs[1], ys[1])]
  return frame({
    ...text,
    x: axis(diagonal ? both : xs, xName),
    y: axis(diagonal ? both : ys, yName),
    marks: place =>
      html`${
        diagonal &&
        html`<line class="chart-guide" x1="${place.x(both[0])}" y1="${place.y(both[0])}" x2="${place.x(both[1])}" y2="${place.y(both[1])}"/>
`
      }<path class="chart-points" d="${points
        .filter(({ x, y }) => Number.isFinite(x) && Number.isFinite(y))
        .map(({ x, y }) => `M${place.x(x)} ${place.y(y)}h0`)
        .join('')}"/>`,
  })
}

const axis = ([from, to]: readonly [number, number], name: string): Axis => ({
  from,
  to,
  name,
  ticks: linearTicks(from, to),
})
