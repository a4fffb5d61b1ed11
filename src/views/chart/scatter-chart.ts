import { type Html, html } from '../html.ts'
import { type Axis, extent, type Place } from './axis.ts'
import type { Chart, ChartText } from './chart.ts'
import { frame } from './frame.ts'
import { linearTicks } from './ticks.ts'

export interface ScatterChart extends ChartText {
  readonly xName: string
  readonly yName: string
  readonly points: readonly Dot[]
  /** Names of kinds, told apart by colour and by shape; three at most, and all are one unless given */
  readonly kinds?: readonly string[]
  /** Both axes have one scale, and a line shows where x = y */
  readonly diagonal?: boolean
}

export interface Dot {
  readonly x: number
  readonly y: number
  /** Which of the kinds it is of; the first unless given */
  readonly kind?: number
}

/** One dot for each pair of numbers; where many stand, it is darker. Later kinds lie over those before. */
export function scatterChart({
  xName,
  yName,
  points,
  kinds = [],
  diagonal = false,
  ...text
}: ScatterChart): Chart {
  const xs = extent(points.map(({ x }) => x))
  const ys = extent(points.map(({ y }) => y))
  const both: [number, number] = [Math.min(xs[0], ys[0]), Math.max(xs[1], ys[1])]
  return frame({
    ...text,
    x: axis(diagonal ? both : xs, xName),
    y: axis(diagonal ? both : ys, yName),
    legend: kinds.map((name, i) => ({
      name,
      sample: dots([{ x: 12, y: 4 }], { x: x => x, y: y => y }, i),
    })),
    marks: place =>
      html`${
        diagonal &&
        html`<line class="chart-guide" x1="${place.x(both[0])}" y1="${place.y(both[0])}" x2="${place.x(both[1])}" y2="${place.y(both[1])}"/>
`
      }${
        kinds.length > 0
          ? kinds.map((_, i) =>
              dots(
                points.filter(({ kind = 0 }) => kind === i),
                place,
                i,
              ),
            )
          : dots(points, place)
      }`,
  })
}

/** A dot, and dots drawn out upwards and sideways. */
const SHAPES = ['h0', 'm0-2v4', 'm-2 0h4'] as const

const dots = (points: readonly Dot[], place: Place, kind?: number): Html =>
  html`<path class="chart-points${kind !== undefined && ` chart-${kind}`}" d="${points
    .filter(({ x, y }) => Number.isFinite(x) && Number.isFinite(y))
    .map(({ x, y }) => `M${place.x(x)} ${place.y(y)}${SHAPES[(kind ?? 0) % SHAPES.length]}`)
    .join('')}"/>`

const axis = ([from, to]: readonly [number, number], name: string): Axis => ({
  from,
  to,
  name,
  ticks: linearTicks(from, to),
})
