import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { boxBetween, boxOf, cornersOf, isInside, type Place, thinned } from '../../../web/src/map/geometry.ts'

const coordinate = fc.integer({ min: -800, max: 800 }).map(eighths => eighths / 8)
const place: fc.Arbitrary<Place> = fc.record({ x: coordinate, y: coordinate })

describe('a polygon', () => {
  test('that is a rectangle holds what lies between its sides', () => {
    fc.assert(
      fc.property(place, place, place, (a, b, p) => {
        const box = boxBetween(a, b)
        const isBetween = p.x > box.minX && p.x < box.maxX && p.y > box.minY && p.y < box.maxY
        const isOutside = p.x < box.minX || p.x > box.maxX || p.y < box.minY || p.y > box.maxY
        if (isBetween) expect(isInside(cornersOf(box), p)).toBe(true)
        if (isOutside) expect(isInside(cornersOf(box), p)).toBe(false)
      }),
    )
  })

  test('holds the same wherever it begins and whichever way it goes', () => {
    fc.assert(
      fc.property(fc.array(place, { minLength: 3, maxLength: 12 }), place, fc.nat(11), (corners, p, turn) => {
        const turned = [...corners.slice(turn % corners.length), ...corners.slice(0, turn % corners.length)]
        expect(isInside(turned, p)).toBe(isInside(corners, p))
        expect(isInside([...corners].reverse(), p)).toBe(isInside(corners, p))
      }),
    )
  })

  test('has a hole where its path goes around twice, and none in its bay', () => {
    const square = cornersOf({ minX: 0, minY: 0, maxX: 10, maxY: 10 })
    const inner = cornersOf({ minX: 3, minY: 3, maxX: 7, maxY: 7 })
    expect(isInside([...square, square[0], ...inner, inner[0]], { x: 5, y: 5 })).toBe(false)
    const bay = [
      { x: 0, y: 0 },
      { x: 10, y: 0 },
      { x: 10, y: 10 },
      { x: 5, y: 2 },
      { x: 0, y: 10 },
    ]
    expect(isInside(bay, { x: 5, y: 5 })).toBe(false)
    expect(isInside(bay, { x: 1, y: 5 })).toBe(true)
  })

  test('counts a corner at the height of a place once', () => {
    const diamond = [
      { x: 0, y: 1 },
      { x: 1, y: 0 },
      { x: 2, y: 1 },
      { x: 1, y: 2 },
    ]
    expect(isInside(diamond, { x: 1, y: 1 })).toBe(true)
    expect(isInside(diamond, { x: -1, y: 1 })).toBe(false)
    expect(isInside(diamond, { x: -1, y: 2 })).toBe(false)
  })

  test('of fewer than three corners holds nothing', () => {
    fc.assert(
      fc.property(fc.array(place, { maxLength: 2 }), place, (corners, p) => {
        expect(isInside(corners, p)).toBe(false)
      }),
    )
  })
})

test('a box holds all it is made of, and is no larger', () => {
  fc.assert(
    fc.property(fc.array(place, { minLength: 1 }), places => {
      const xs = places.map(({ x }) => x)
      const ys = places.map(({ y }) => y)
      const box = boxOf(xs, ys)
      expect(box).toEqual({
        minX: Math.min(...xs),
        minY: Math.min(...ys),
        maxX: Math.max(...xs),
        maxY: Math.max(...ys),
      })
    }),
  )
  expect(boxOf([], [])).toEqual({ minX: 0, minY: 0, maxX: 0, maxY: 0 })
})

test('a thinned path keeps its ends and no two points that are near', () => {
  fc.assert(
    fc.property(fc.array(place, { minLength: 1 }), path => {
      const kept = thinned(path, 5)
      expect(kept[0]).toEqual(path[0])
      expect(kept.at(-1)).toEqual(path.at(-1))
      kept.slice(1, -1).forEach((point, i) => {
        expect(Math.hypot(point.x - kept[i].x, point.y - kept[i].y)).toBeGreaterThanOrEqual(5)
      })
    }),
  )
})
