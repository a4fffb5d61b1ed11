/** A range of numbers on an axis. */
export interface Axis {
  readonly from: number
  readonly to: number
  /** Equal ratios are equally far apart: both ends are above zero */
  readonly log?: boolean
  readonly name: string
  readonly ticks: readonly number[]
}

/** Where numbers stand, in units of the drawing: x to the right, y down. */
export interface Place {
  readonly x: (value: number) => number
  readonly y: (value: number) => number
}

/** How far along an axis of a length a number stands. */
export function placeOn({ from, to, log }: Axis, length: number, value: number): number {
  const share = log ? Math.log(value / from) / Math.log(to / from) : (value - from) / (to - from || 1)
  return share * length
}

/** The smallest and the largest of numbers that are finite; 0 to 1 where there are none. */
export function extent(values: Iterable<number>): [number, number] {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (const value of values) {
    if (!Number.isFinite(value)) continue
    low = Math.min(low, value)
    high = Math.max(high, value)
  }
  return low <= high ? [low, high] : [0, 1]
}
