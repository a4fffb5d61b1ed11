import type { Explanation } from '../view/view.ts'
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

/** The most examples of each sign that are asked for. */
const DEEPEST = 200

/** How many examples of each sign to ask for, so that about k of them are among those that a map has. */
export const depthFor = (k: number, shown: number, of: number): number =>
  Math.max(k, Math.min(DEEPEST, Math.ceil((k * of) / Math.max(shown, 1))))

/**
 * The k largest values of each sign as lines, as wide as they are large; the smallest first, so that they lie below.
 * Examples that are not on the map are passed over: how many of them are larger than one that is drawn, or would
 * have been drawn, is told beside it.
 */
export function raysOf(
  from: number,
  { excitatory, inhibitory }: Pick<Explanation, 'excitatory' | 'inhibitory'>,
  points: Pick<Points, 'pointOf'>,
  k: number,
): { readonly rays: readonly Ray[]; readonly missing: number } {
  const sides = [excitatory, inhibitory].map(entries => {
    const places = entries.map(({ row }) => points.pointOf('train', row))
    const drawn = entries.flatMap(({ value }, i) => (places[i] >= 0 ? [{ to: places[i], value, i }] : []))
    const kept = drawn.slice(0, k)
    const reached = kept.length < k ? entries.length : (kept.at(-1)?.i ?? 0)
    return { kept, missing: places.slice(0, reached).filter(place => place < 0).length }
  })
  const found = sides.flatMap(({ kept }) => kept).filter(({ to, value }) => to !== from && value !== 0)
  const largest = found.reduce((most, { value }) => Math.max(most, Math.abs(value)), 0)
  const rays = found
    .map(({ to, value }): Ray => {
      return { from, to, value, width: Math.max(THINNEST, (THICKEST * Math.abs(value)) / largest) }
    })
    .sort((a, b) => a.width - b.width)
  return { rays, missing: sides.reduce((sum, { missing }) => sum + missing, 0) }
}
