import { type Html, html } from '../html.ts'
import { brief } from '../numbers.ts'
import { extent } from './axis.ts'
import { type Chart, type ChartText, drawing } from './chart.ts'
import { linearTicks } from './ticks.ts'

export interface Bar {
  readonly name: string
  /** null where it is not known */
  readonly value: number | null
  /** Half the length of the whisker, such as a standard deviation */
  readonly spread?: number
  /** As it is to be read */
  readonly text: string
}

export interface BarChart extends ChartText {
  readonly bars: readonly Bar[]
  /** Numbers that the axis has to hold besides 0, such as 1 */
  readonly holds?: readonly number[]
}

const [WIDTH, NAMES, TEXTS, ROW] = [360, 118, 52, 20]

/** One bar below the other from zero, with its name before it and its number behind it. */
export function barChart({ title, words, bars, holds = [] }: BarChart): Chart {
  const ends = bars.flatMap(({ value, spread = 0 }) =>
    value === null ? [] : [value - spread, value + spread],
  )
  const [from, to] = extent([0, ...holds, ...ends])
  const width = WIDTH - NAMES - TEXTS
  const height = bars.length * ROW
  const place = (value: number) => Math.round(10 * (NAMES + (width * (value - from)) / (to - from || 1))) / 10
  const row = ({ name, value, spread = 0, text }: Bar, i: number): Html => {
    const middle = i * ROW + ROW / 2
    return html`<text class="chart-name" x="${NAMES - 8}" y="${middle + 3.5}" text-anchor="end">${name}</text>
${
  value !== null &&
  html`<rect class="chart-column" x="${place(Math.min(0, value))}" width="${Math.abs(place(value) - place(0)).toFixed(1)}" y="${middle - 6}" height="12"/>
${spread > 0 && html`<line class="chart-whisker" x1="${place(value - spread)}" x2="${place(value + spread)}" y1="${middle}" y2="${middle}"/>`}`
}
<text x="${WIDTH}" y="${middle + 3.5}" text-anchor="end">${text}</text>
`
  }
  return drawing({ title, words }, { width: WIDTH, height: height + 18 })`${linearTicks(from, to, 4).map(
    tick => html`<line x1="${place(tick)}" x2="${place(tick)}" y1="0" y2="${height}"/>
<text x="${place(tick)}" y="${height + 13}" text-anchor="middle">${brief(tick)}</text>
`,
  )}${bars.map(row)}`
}
