import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Place } from '../../../web/src/map/geometry.ts'
import {
  pannedBy,
  type Size,
  toMap,
  toScreen,
  type Viewport,
  visibleBox,
  wholeView,
  zoomedAt,
} from '../../../web/src/map/viewport.ts'

const coordinate = fc.integer({ min: -8000, max: 8000 }).map(eighths => eighths / 8)
const place: fc.Arbitrary<Place> = fc.record({ x: coordinate, y: coordinate })
const size: fc.Arbitrary<Size> = fc.record({
  width: fc.integer({ min: 100, max: 3000 }),
  height: fc.integer({ min: 100, max: 3000 }),
})
const view: fc.Arbitrary<Viewport> = fc.record({
  x: coordinate,
  y: coordinate,
  scale: fc.double({ min: 0.01, max: 1000, noNaN: true }),
})

const expectNear = (a: Place, b: Place, digits = 4): void => {
  expect(a.x).toBeCloseTo(b.x, digits)
  expect(a.y).toBeCloseTo(b.y, digits)
}

describe('a viewport', () => {
  test('takes places to the screen and back', () => {
    fc.assert(
      fc.property(view, size, place, (view, size, p) => {
        expectNear(toMap(view, size, toScreen(view, size, p)), p)
      }),
    )
  })

  test('of all shows all of it', () => {
    fc.assert(
      fc.property(place, place, size, (a, b, size) => {
        const box = {
          minX: Math.min(a.x, b.x),
          minY: Math.min(a.y, b.y),
          maxX: Math.max(a.x, b.x),
          maxY: Math.max(a.y, b.y),
        }
        const whole = wholeView(box, size)
        for (const corner of [a, b]) {
          const { x, y } = toScreen(whole, size, corner)
          expect(x).toBeGreaterThan(0)
          expect(x).toBeLessThan(size.width)
          expect(y).toBeGreaterThan(0)
          expect(y).toBeLessThan(size.height)
        }
      }),
    )
  })

  test('that is panned brings each place along by as many pixels', () => {
    fc.assert(
      fc.property(view, size, place, (view, size, p) => {
        const [before, after] = [toScreen(view, size, p), toScreen(pannedBy(view, 30, -12), size, p)]
        expectNear(after, { x: before.x + 30, y: before.y - 12 }, 3)
      }),
    )
  })

  test('that is zoomed keeps the place under the pointer, within its limits', () => {
    const at = fc.record({ x: fc.integer({ min: 0, max: 100 }), y: fc.integer({ min: 0, max: 100 }) })
    fc.assert(
      fc.property(
        view,
        size,
        at,
        fc.double({ min: 0.01, max: 100, noNaN: true }),
        (view, size, at, factor) => {
          const whole = { x: 0, y: 0, scale: 1 }
          const zoomed = zoomedAt(view, size, at, factor, whole)
          expectNear(toMap(zoomed, size, at), toMap(view, size, at))
          expect(zoomed.scale).toBeGreaterThanOrEqual(0.5)
          expect(zoomed.scale).toBeLessThanOrEqual(400)
        },
      ),
    )
  })

  test('sees the box between the corners of the screen', () => {
    const box = visibleBox({ x: 1, y: 2, scale: 10 }, { width: 200, height: 100 })
    expect(box).toEqual({ minX: -9, minY: -3, maxX: 11, maxY: 7 })
  })
})
