import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isInside } from '../../../web/src/map/geometry.ts'
import { PointIndex } from '../../../web/src/map/point-index.ts'

// Whole numbers, so that ties are many and single precision is exact.
const coordinate = fc.integer({ min: -20, max: 20 })
const place = fc.record({ x: coordinate, y: coordinate })
const places = fc.array(place, { maxLength: 200 })
const indexOf = (points: readonly { x: number; y: number }[]) =>
  new PointIndex(
    Float32Array.from(points, ({ x }) => x),
    Float32Array.from(points, ({ y }) => y),
  )
const increasing = (rows: readonly number[]) => [...rows].sort((a, b) => a - b)

describe('an index of points', () => {
  test('finds in a polygon what a look at every point finds', () => {
    fc.assert(
      fc.property(places, fc.array(place, { minLength: 3, maxLength: 8 }), (points, polygon) => {
        const all = points.flatMap((point, i) => (isInside(polygon, point) ? [i] : []))
        expect(increasing(indexOf(points).inPolygon(polygon))).toEqual(all)
      }),
    )
  })

  test('finds the nearest that may be taken, within the radius', () => {
    fc.assert(
      fc.property(places, place, fc.integer({ min: 0, max: 30 }), (points, at, radius) => {
        const distance = (i: number) => Math.hypot(points[i].x - at.x, points[i].y - at.y)
        const even = points.flatMap((_, i) => (i % 2 === 0 && distance(i) <= radius ? [i] : []))
        const found = indexOf(points).nearest(at, radius, i => i % 2 === 0)
        if (found === null) expect(even).toEqual([])
        else expect(distance(found)).toBe(Math.min(...even.map(distance)))
      }),
    )
  })

  test('finds the k nearest neighbours as sorting all does', () => {
    fc.assert(
      fc.property(
        fc.array(place, { minLength: 1, maxLength: 200 }),
        fc.nat(),
        fc.nat(20),
        (points, some, k) => {
          const of = some % points.length
          const distance = (i: number) =>
            (points[i].x - points[of].x) ** 2 + (points[i].y - points[of].y) ** 2
          const sorted = points
            .map((_, i) => i)
            .filter(i => i !== of)
            .sort((a, b) => distance(a) - distance(b) || a - b)
          expect(indexOf(points).neighbours(of, k)).toEqual(sorted.slice(0, k))
        },
      ),
    )
  })

  test('of no points finds none', () => {
    const none = indexOf([])
    expect(none.inBox({ minX: -1, minY: -1, maxX: 1, maxY: 1 })).toEqual([])
    expect(none.nearest({ x: 0, y: 0 }, 10, () => true)).toBe(null)
  })
})
