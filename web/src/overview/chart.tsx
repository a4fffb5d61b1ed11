import { type ReactNode, useId } from 'react'
import { brief, fixed } from '../../../src/views/numbers.ts'
import styles from './chart.module.css'
import { goesFar } from './ticks.ts'

/** A range of numbers on an axis; `log` where equal ratios are equally far apart. */
export interface Axis {
  readonly from: number
  readonly to: number
  readonly log?: boolean
  readonly name: string
  readonly ticks: readonly number[]
}

const [WIDTH, HEIGHT] = [360, 240]
/** Above stands the name of the upright axis, where no tick reaches it. */
const MARGIN = { top: 24, right: 16, bottom: 38, left: 48 }

/** Where a number stands on an axis, in units of the drawing. */
function placeOn({ from, to, log }: Axis, length: number, x: number): number {
  const share = log ? Math.log(x / from) / Math.log(to / from) : (x - from) / (to - from)
  return share * length
}

interface ChartProps {
  readonly title: string
  /** What it shows, in words, for who does not see it */
  readonly words: string
  readonly x: Axis
  readonly y: Axis
  /** Draws in units of the drawing, from the lower left corner up */
  readonly children: (place: {
    readonly x: (v: number) => number
    readonly y: (v: number) => number
  }) => ReactNode
}

/** A drawing with two axes. */
export function Chart({ title, words, x, y, children }: ChartProps) {
  const id = useId()
  const [width, height] = [WIDTH - MARGIN.left - MARGIN.right, HEIGHT - MARGIN.top - MARGIN.bottom]
  const place = {
    x: (v: number) => MARGIN.left + placeOn(x, width, v),
    y: (v: number) => MARGIN.top + height - placeOn(y, height, v),
  }
  return (
    <figure className={styles.chart}>
      <figcaption>{title}</figcaption>
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-labelledby={id}>
        <title id={id}>{words}</title>
        <g className={styles.axis}>
          {x.ticks.map(tick => (
            <g key={tick}>
              <line x1={place.x(tick)} x2={place.x(tick)} y1={MARGIN.top} y2={MARGIN.top + height} />
              <text x={place.x(tick)} y={MARGIN.top + height + 14} textAnchor="middle">
                <TickText value={tick} axis={x} />
              </text>
            </g>
          ))}
          {y.ticks.map(tick => (
            <g key={tick}>
              <line x1={MARGIN.left} x2={MARGIN.left + width} y1={place.y(tick)} y2={place.y(tick)} />
              <text x={MARGIN.left - 6} y={place.y(tick) + 3.5} textAnchor="end">
                <TickText value={tick} axis={y} />
              </text>
            </g>
          ))}
          <text x={MARGIN.left + width / 2} y={HEIGHT - 6} textAnchor="middle" className={styles.name}>
            {x.name}
          </text>
          <text x={0} y={10} className={styles.name}>
            {y.name}
          </text>
        </g>
        {children(place)}
      </svg>
    </figure>
  )
}

/** A number beside its tick: as a power of ten on all of an axis that goes far. */
function TickText({ value, axis }: { value: number; axis: Axis }) {
  if (!axis.log || !goesFar(axis.ticks)) return brief(value)
  const power = Math.round(Math.log10(value))
  return (
    <>
      10
      <tspan dy="-4" className={styles.power}>
        {fixed(power, 0)}
      </tspan>
    </>
  )
}
