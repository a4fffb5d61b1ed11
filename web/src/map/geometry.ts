/** A point of the map, or of the screen. */
export interface Place {
  readonly x: number
  readonly y: number
}

export interface Box {
  readonly minX: number
  readonly minY: number
  readonly maxX: number
  readonly maxY: number
}

/** The smallest box around some places; a point at the origin where there are none. */
export function boxOf(xs: ArrayLike<number>, ys: ArrayLike<number>): Box {
  if (xs.length === 0) return { minX: 0, minY: 0, maxX: 0, maxY: 0 }
  let [minX, minY, maxX, maxY] = [xs[0], ys[0], xs[0], ys[0]]
  for (let i = 1; i < xs.length; i++) {
    minX = Math.min(minX, xs[i])
    maxX = Math.max(maxX, xs[i])
    minY = Math.min(minY, ys[i])
    maxY = Math.max(maxY, ys[i])
  }
  return { minX, minY, maxX, maxY }
}

/** The box with two places at opposite corners, whichever they are. */
export const boxBetween = (a: Place, b: Place): Box => ({
  minX: Math.min(a.x, b.x),
  minY: Math.min(a.y, b.y),
  maxX: Math.max(a.x, b.x),
  maxY: Math.max(a.y, b.y),
})

export const cornersOf = ({ minX, minY, maxX, maxY }: Box): Place[] => [
  { x: minX, y: minY },
  { x: maxX, y: minY },
  { x: maxX, y: maxY },
  { x: minX, y: maxY },
]

/**
 * Whether a place is inside a polygon that closes by itself, by the even-odd rule: a ray to the right crosses
 * its sides an odd number of times. Sides take their lower end and leave the upper one, so that a ray through
 * a corner crosses once.
 */
export function isInside(polygon: readonly Place[], { x, y }: Place): boolean {
  let inside = false
  for (let i = 0, j = polygon.length - 1; i < polygon.length; j = i++) {
    if (polygon[i].y > y === polygon[j].y > y) continue
    // From the lower end up, so that a side is rounded alike whichever way a polygon goes around.
    const [low, high] = polygon[i].y > y ? [polygon[j], polygon[i]] : [polygon[i], polygon[j]]
    if (x < low.x + ((y - low.y) / (high.y - low.y)) * (high.x - low.x)) inside = !inside
  }
  return inside
}

/** A hand's path with the points left out that are closer than `step` to the last one kept; the end stays. */
export function thinned(path: readonly Place[], step: number): Place[] {
  const kept: Place[] = []
  path.forEach((place, i) => {
    const last = kept.at(-1)
    const isFar = !last || Math.hypot(place.x - last.x, place.y - last.y) >= step
    if (isFar || i === path.length - 1) kept.push(place)
  })
  return kept
}
