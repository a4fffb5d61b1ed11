import { html, type Interpolated } from '../html.ts'
import { brief, fixed } from '../numbers.ts'
import { type Axis, type Place, placeOn } from './axis.ts'
import { type Chart, type ChartText, drawing } from './chart.ts'
import { goesFar } from './ticks.ts'

export interface Frame extends ChartText {
  readonly x: Axis
  readonly y: Axis
  /** Names of what is to be told apart, each with a sample, drawn in a square of 24 by 8 units */
  readonly legend?: readonly { readonly name: string; readonly sample: Interpolated }[]
  /** What is drawn, in units of the drawing, the first undermost */
  readonly marks: (place: Place) => Interpolated
}

const [WIDTH, HEIGHT] = [360, 240]

/** Above stands the name of the upright axis, where no tick reaches it. */
const MARGIN = { top: 24, right: 16, bottom: 38, left: 48 }

/** Of a row of the legend, which has two columns. */
const LEGEND = 14

/** A drawing with two axes. */
export function frame({ title, words, x, y, legend = [], marks }: Frame): Chart {
  const top = MARGIN.top + LEGEND * Math.ceil(legend.length / 2)
  const [width, height] = [WIDTH - MARGIN.left - MARGIN.right, HEIGHT - MARGIN.top - MARGIN.bottom]
  const [bottom, right] = [top + height, MARGIN.left + width]
  const place = {
    x: (value: number) => shortened(MARGIN.left + placeOn(x, width, value)),
    y: (value: number) => shortened(bottom - placeOn(y, height, value)),
  }
  const whole = { width: WIDTH, height: bottom + MARGIN.bottom }
  return drawing({ title, words }, whole)`${legend.map(
    (
      { name, sample },
      i,
    ) => html`<g transform="translate(${(i % 2) * (WIDTH / 2)} ${2 + LEGEND * Math.floor(i / 2)})">${sample}<text x="30" y="8">${name}</text></g>
`,
  )}${x.ticks.map(
    tick => html`<line x1="${place.x(tick)}" x2="${place.x(tick)}" y1="${top}" y2="${bottom}"/>
<text x="${place.x(tick)}" y="${bottom + 14}" text-anchor="middle">${tickText(tick, x)}</text>
`,
  )}${y.ticks.map(
    tick => html`<line x1="${MARGIN.left}" x2="${right}" y1="${place.y(tick)}" y2="${place.y(tick)}"/>
<text x="${MARGIN.left - 6}" y="${place.y(tick) + 3.5}" text-anchor="end">${tickText(tick, y)}</text>
`,
  )}<text class="chart-name" x="${MARGIN.left + width / 2}" y="${whole.height - 6}" text-anchor="middle">${x.name}</text>
<text class="chart-name" x="0" y="${top - MARGIN.top + 10}">${y.name}</text>
${marks(place)}`
}

/** A number beside its tick: as a power of ten on all of an axis that goes far. */
function tickText(value: number, { log, ticks }: Axis): Interpolated {
  if (!log || !goesFar(ticks)) return brief(value)
  return html`10<tspan class="chart-power" dy="-4">${fixed(Math.round(Math.log10(value)), 0)}</tspan>`
}

/** A tenth of a unit is finer than any screen. */
const shortened = (x: number): number => Math.round(10 * x) / 10
