import { type Html, html } from '../html.ts'
import { type Axis, extent, type Place } from './axis.ts'
import type { Chart, ChartText } from './chart.ts'
import { frame } from './frame.ts'
import { linearTicks, logTicks } from './ticks.ts'

/** A line through points, in their order. */
export interface Series {
  readonly name: string
  readonly points: readonly SeriesPoint[]
}

export interface SeriesPoint {
  readonly x: number
  readonly y: number
  /** Half the height of the band around the line, such as a standard deviation */
  readonly spread?: number
}

export interface LineChart extends ChartText {
  readonly xName: string
  readonly yName: string
  readonly xLog?: boolean
  readonly yLog?: boolean
  /** Told apart by colour and by dashes; eight at most */
  readonly series: readonly Series[]
  /** A height that is to be reached, and what it is called */
  readonly level?: { readonly y: number; readonly name: string }
  /** Numbers that the upright axis has to hold, such as 0 and 1 */
  readonly yHolds?: readonly number[]
  /** The same of the axis to the right */
  readonly xHolds?: readonly number[]
}

/** Dashes of one series after the other, in widths of the line. */
const DASHES = ['', '6 3', '2 2', '8 2 2 2', '4 4', '1 3', '10 3', '6 2 1 2 1 2'] as const

/** How numbers change along an axis, one line for each series. */
export function lineChart(chart: LineChart): Chart {
  const { xName, yName, xLog = false, yLog = false, level, yHolds = [], xHolds = [] } = chart
  const series = chart.series.map(({ name, points }) => ({
    name,
    points: points.filter(({ x, y }) => hasPlace(x, xLog) && hasPlace(y, yLog)),
  }))
  const points = series.flatMap(({ points }) => points)
  const heights = points.flatMap(({ y, spread = 0 }) => (yLog ? [y] : [y - spread, y + spread]))
  const x = axis(
    extent([...points.map(({ x }) => x), ...xHolds].filter(value => hasPlace(value, xLog))),
    xName,
    xLog,
  )
  const y = axis(
    extent([...heights, ...yHolds, ...(level ? [level.y] : [])].filter(value => hasPlace(value, yLog))),
    yName,
    yLog,
  )
  const legend = series.length > 1 && { legend: series.map(({ name }, i) => ({ name, sample: sampleOf(i) })) }
  return frame({
    title: chart.title,
    words: chart.words,
    x,
    y,
    ...legend,
    marks: place => html`${level && levelOf(level, x, place)}
${yLog ? null : series.map(({ points }, i) => bandOf(points, i, place))}
${series.map(({ points }, i) => lineOf(points, i, place))}`,
  })
}

/** A logarithmic axis has no place for zero and below. */
const hasPlace = (value: number, log: boolean): boolean => !log || value > 0

/** A logarithmic axis goes from one power of ten to another. */
function axis([low, high]: readonly [number, number], name: string, log: boolean): Axis {
  if (!log) return { from: low, to: high, name, ticks: linearTicks(low, high) }
  const from = 10 ** Math.floor(Math.log10(low > 0 ? low : high / 10))
  const to = Math.max(10 * from, 10 ** Math.ceil(Math.log10(high)))
  return { from, to, log, name, ticks: logTicks(from, to) }
}

const levelOf = ({ y, name }: NonNullable<LineChart['level']>, { from, to }: Axis, place: Place): Html =>
  html`<line class="chart-guide" x1="${place.x(from)}" x2="${place.x(to)}" y1="${place.y(y)}" y2="${place.y(y)}"/>
<text x="${place.x(from) + 5}" y="${place.y(y) - 5}">${name}</text>`

function bandOf(points: readonly SeriesPoint[], series: number, place: Place): Html | null {
  if (!points.some(({ spread = 0 }) => spread > 0)) return null
  const edge = (sign: number) => (point: SeriesPoint) =>
    `${place.x(point.x)},${place.y(point.y + sign * (point.spread ?? 0))}`
  const outline = [...points.map(edge(1)), ...points.toReversed().map(edge(-1))]
  return html`<polygon class="chart-band chart-${series % DASHES.length}" points="${outline.join(' ')}"/>`
}

const lineOf = (points: readonly SeriesPoint[], series: number, place: Place): Html =>
  html`<polyline class="chart-line chart-${series % DASHES.length}" stroke-dasharray="${DASHES[series % DASHES.length]}" points="${points
    .map(({ x, y }) => `${place.x(x)},${place.y(y)}`)
    .join(' ')}"/>`

const sampleOf = (series: number): Html =>
  html`<line class="chart-line chart-${series % DASHES.length}" stroke-dasharray="${DASHES[series % DASHES.length]}" x1="0" x2="24" y1="4" y2="4"/>`
