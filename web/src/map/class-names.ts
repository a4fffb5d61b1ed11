import type { Category } from './colouring.ts'
import type { Place } from './geometry.ts'

/** A name written over the points of its class. */
export interface ClassName extends Place {
  readonly name: string
}

/** More names than these only hide the points. */
const MOST = 40

/** The name of each class where the middle of its points is: the point nearest to their medians. */
export function classNames(
  categories: readonly Category[],
  of: Uint16Array,
  x: Float32Array,
  y: Float32Array,
  isShown: Uint8Array,
): ClassName[] {
  const members = categories.map((): number[] => [])
  for (let i = 0; i < of.length; i++) if (isShown[i]) members[of[i]].push(i)
  const named = categories.flatMap((category, at) =>
    category.class === null || members[at].length === 0 ? [] : [{ category, points: members[at] }],
  )
  return named
    .sort((a, b) => b.points.length - a.points.length)
    .slice(0, MOST)
    .map(({ category, points }) => {
      const middle = {
        x: median(Float32Array.from(points, i => x[i])),
        y: median(Float32Array.from(points, i => y[i])),
      }
      const distance = (i: number): number => (x[i] - middle.x) ** 2 + (y[i] - middle.y) ** 2
      const nearest = points.reduce((best, i) => (distance(i) < distance(best) ? i : best))
      return { name: category.name, x: x[nearest], y: y[nearest] }
    })
}

const median = (values: Float32Array): number => values.sort()[Math.floor(values.length / 2)]
