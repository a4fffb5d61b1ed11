import KDBush from 'kdbush'
import { type Box, boxOf, isInside, type Place } from './geometry.ts'

/** Finds points by where they are. Points go by their number, from 0. */
export class PointIndex {
  readonly #tree: KDBush
  readonly #x: ArrayLike<number>
  readonly #y: ArrayLike<number>
  /** Around all of them */
  readonly box: Box

  constructor(x: ArrayLike<number>, y: ArrayLike<number>) {
    this.#x = x
    this.#y = y
    this.box = boxOf(x, y)
    this.#tree = new KDBush(Math.max(x.length, 1), 64, Float32Array)
    // The tree holds one point at least.
    if (x.length === 0) this.#tree.add(Number.NaN, Number.NaN)
    for (let i = 0; i < x.length; i++) this.#tree.add(x[i], y[i])
    this.#tree.finish()
  }

  inBox({ minX, minY, maxX, maxY }: Box): number[] {
    return this.#tree.range(minX, minY, maxX, maxY)
  }

  inPolygon(polygon: readonly Place[]): number[] {
    const box = boxOf(
      polygon.map(({ x }) => x),
      polygon.map(({ y }) => y),
    )
    return this.inBox(box).filter(i => isInside(polygon, this.#place(i)))
  }

  /** The nearest point within a radius that may be taken; null where none is. */
  nearest(place: Place, radius: number, isTaken: (i: number) => boolean): number | null {
    let best: number | null = null
    let least = Number.POSITIVE_INFINITY
    for (const i of this.#tree.within(place.x, place.y, radius)) {
      const distance = this.distance(i, place)
      if (distance >= least || !isTaken(i)) continue
      best = i
      least = distance
    }
    return best
  }

  /** The k points nearest to one, itself left out, nearest first; ties go to the smaller number. */
  neighbours(of: number, k: number): number[] {
    const place = this.#place(of)
    const { minX, minY, maxX, maxY } = this.box
    const across = Math.hypot(maxX - minX, maxY - minY)
    let radius = across / Math.sqrt(this.#x.length || 1)
    let found: number[]
    do {
      found = this.#tree.within(place.x, place.y, radius).filter(i => i !== of)
      radius *= 2
      // Past the whole map there is nothing left to find.
    } while (found.length < k && radius < 4 * across)
    return found.sort((a, b) => this.distance(a, place) - this.distance(b, place) || a - b).slice(0, k)
  }

  #place(i: number): Place {
    return { x: this.#x[i], y: this.#y[i] }
  }

  /** From a point to a place, squared */
  distance(i: number, { x, y }: Place): number {
    return (this.#x[i] - x) ** 2 + (this.#y[i] - y) ** 2
  }
}
