import type { Box, Place } from './geometry.ts'
import type { PointIndex } from './point-index.ts'

export interface ListedPoints {
  /** The first `most` of them, in order */
  readonly listed: readonly number[]
  /** How many there are */
  readonly of: number
}

/** The shown points in a part of the map, those nearest to its middle first; ties go to the smaller number. */
export function listedInView(index: PointIndex, isShown: Uint8Array, box: Box, most: number): ListedPoints {
  const middle: Place = { x: (box.minX + box.maxX) / 2, y: (box.minY + box.maxY) / 2 }
  const shown = index
    .inBox(box)
    .filter(i => isShown[i] === 1)
    .map(point => ({ point, distance: index.distance(point, middle) }))
    .sort((a, b) => a.distance - b.distance || a.point - b.point)
  return { listed: shown.slice(0, most).map(({ point }) => point), of: shown.length }
}
