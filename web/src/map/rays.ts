import type { Explanation } from '../../../src/app/explanation.ts'
import type { Points } from './points.ts'

/** A line from what is explained to one of its training examples. */
export interface Ray {
  readonly from: number
  readonly to: number
  /** The representer value, in logits */
  readonly value: number
  /** In pixels */
  readonly width: number
}

const THINNEST = 0.75
const THICKEST = 6

/**
 * An explanation as lines, as wide as values are large; the smallest first, so that they lie below. Examples
 * that are not on the map have none: how many these are is told beside them.
 */
export function raysOf(
  from: number,
  { excitatory, inhibitory }: Pick<Explanation, 'excitatory' | 'inhibitory'>,
  points: Pick<Points, 'pointOf'>,
): { readonly rays: readonly Ray[]; readonly missing: number } {
  const entries = [...excitatory, ...inhibitory]
  const largest = entries.reduce((most, { value }) => Math.max(most, Math.abs(value)), 0)
  const found = entries.flatMap(({ row, value }): Ray[] => {
    const to = points.pointOf('train', row)
    if (to < 0 || largest === 0) return []
    return [{ from, to, value, width: Math.max(THINNEST, (THICKEST * Math.abs(value)) / largest) }]
  })
  const rays = found.filter(({ to }) => to !== from).sort((a, b) => a.width - b.width)
  return { rays, missing: entries.length - found.length }
}
