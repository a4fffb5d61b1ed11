import fc from 'fast-check'
import { expect, test } from 'vitest'
import { listedInView } from '../../../web/src/map/listed-in-view.ts'
import { PointIndex } from '../../../web/src/map/point-index.ts'
import { visibleBox, wholeView } from '../../../web/src/map/viewport.ts'

// Whole numbers, so that ties are many and single precision is exact.
const coordinate = fc.integer({ min: -20, max: 20 })
const places = fc.array(fc.record({ x: coordinate, y: coordinate, isShown: fc.boolean() }), { maxLength: 60 })
const size = { width: 300, height: 200 }

const indexOf = (points: readonly { x: number; y: number }[]) =>
  new PointIndex(
    Float32Array.from(points, ({ x }) => x),
    Float32Array.from(points, ({ y }) => y),
  )

test('before the map is moved all shown points are in view, and those nearest to its middle come first', () => {
  fc.assert(
    fc.property(places, fc.integer({ min: 0, max: 60 }), (points, most) => {
      const index = indexOf(points)
      const isShown = Uint8Array.from(points, ({ isShown }) => Number(isShown))
      const whole = wholeView(index.box, size)
      const distance = (i: number) => (points[i].x - whole.x) ** 2 + (points[i].y - whole.y) ** 2
      const sorted = [...points.keys()]
        .filter(i => points[i].isShown)
        .sort((a, b) => distance(a) - distance(b) || a - b)
      const found = listedInView(index, isShown, visibleBox(whole, size), most)
      expect(found).toEqual({ listed: sorted.slice(0, most), of: sorted.length })
    }),
  )
})

test('where a part of the map is seen its middle counts, and what is outside is left out', () => {
  const index = indexOf([
    { x: 0, y: 0 },
    { x: 9, y: 0 },
    { x: 5, y: 0 },
    { x: 7, y: 0 },
  ])
  const right = { minX: 4, maxX: 10, minY: -1, maxY: 1 }
  const found = listedInView(index, Uint8Array.of(1, 1, 1, 1), right, 2)
  expect(found).toEqual({ listed: [3, 1], of: 3 })
})
