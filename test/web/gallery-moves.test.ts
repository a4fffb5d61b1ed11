import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { drawnTiles, movedBy, pressed } from '../../web/src/components/gallery-moves.ts'

const shape = { count: 23, perRow: 5, perPage: 15 }

describe('keys in a gallery', () => {
  test('go to a neighbour, a row, a page, an end', () => {
    const from7 = (key: string) => movedBy(key, 7, shape)
    expect(['ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown'].map(from7)).toEqual([6, 8, 2, 12])
    expect(['PageUp', 'PageDown', 'Home', 'End'].map(from7)).toEqual([0, 22, 0, 22])
    expect(from7('j')).toBe(null)
  })

  test('keep to the column at the edges, and to the gallery everywhere', () => {
    expect(movedBy('ArrowUp', 3, shape)).toBe(3)
    expect(movedBy('ArrowDown', 19, shape)).toBe(19)
    const keys = fc.constantFrom(
      'ArrowLeft',
      'ArrowRight',
      'ArrowUp',
      'ArrowDown',
      'PageUp',
      'PageDown',
      'End',
    )
    fc.assert(
      fc.property(keys, fc.nat(22), fc.integer({ min: 1, max: 40 }), (key, from, perRow) => {
        const to = movedBy(key, from, { ...shape, perRow })
        return to !== null && to >= 0 && to < 23
      }),
    )
  })
})

test('what is drawn covers what is seen, is made of whole rows, and does not grow with the gallery', () => {
  const sizes = fc.record({ count: fc.nat(60_000), perRow: fc.integer({ min: 1, max: 12 }) })
  fc.assert(
    fc.property(sizes, fc.nat(2_000_000), fc.nat(1200), ({ count, perRow }, scrolled, height) => {
      const { from, to } = drawnTiles(scrolled, height, 156, { count, perRow })
      const seenFrom = Math.floor(scrolled / 156) * perRow
      const seenTo = Math.ceil((scrolled + height) / 156) * perRow
      expect(from).toBeLessThanOrEqual(Math.min(count, seenFrom))
      expect(to).toBeGreaterThanOrEqual(Math.min(count, seenTo))
      expect(from === count || from % perRow === 0).toBe(true)
      expect(to - from).toBeLessThanOrEqual(perRow * (Math.ceil(height / 156) + 8))
    }),
  )
})

describe('pressing a tile', () => {
  const rows = [10, 20, 30, 40, 50]
  test('selects it alone, adds or removes it, or all up to it', () => {
    expect(pressed([10, 20], rows, 3, { toggles: false, anchor: null })).toEqual([40])
    expect(pressed([10, 20], rows, 3, { toggles: true, anchor: null })).toEqual([10, 20, 40])
    expect(pressed([10, 20], rows, 1, { toggles: true, anchor: null })).toEqual([10])
    expect(pressed([10], rows, 1, { toggles: false, anchor: 3 })).toEqual([20, 30, 40])
    expect(pressed([10, 40], rows, 4, { toggles: true, anchor: 3 })).toEqual([10, 40, 50])
  })
})
