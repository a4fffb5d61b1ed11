import { describe, expect, test } from 'vitest'
import { centreWindow, cropCentre } from '../../src/formats/crop.ts'
import type { Picture } from '../../src/formats/picture.ts'
import { resizePicture } from '../../src/formats/resize.ts'
import { FILTERS, type Filter } from '../../src/formats/resize-weights.ts'
import { expectations } from './fixtures.ts'

interface Written {
  readonly width: number
  readonly height: number
  readonly channels: 1 | 3
  readonly data: string
  /** The picture that this one was made of, and how. */
  readonly of?: string
  readonly filter?: Filter | 'crop'
}

const written = expectations<Written>('resized.jsonl')

function picture(name: string): Picture {
  const found = written.get(name)
  if (!found) throw new Error(`${name} is not in resized.jsonl`)
  const { width, height, channels, data } = found
  return { width, height, channels, data: new Uint8Array(Buffer.from(data, 'base64')) }
}

const made = [...written].flatMap(([name, { of, filter }]) => (of && filter ? [{ name, of, filter }] : []))

describe('what PIL and torchvision make', () => {
  test.each(made)('$name', ({ name, of, filter }) => {
    const expected = picture(name)
    const result =
      filter === 'crop' ? cropCentre(picture(of), expected) : resizePicture(picture(of), expected, filter)
    expect(result).toEqual(expected)
  })

  test('is there for every filter', () => {
    expect(new Set(made.map(({ filter }) => filter))).toEqual(new Set([...FILTERS, 'crop']))
  })
})

describe('a window of a picture of another size', () => {
  const sizes = [
    { height: 7, width: 12 },
    { height: 40, width: 28 },
    { height: 19, width: 31 },
    { height: 19, width: 50 },
  ]
  test.each(FILTERS)('is cut out of all of it: %s', filter => {
    for (const name of ['rgb', 'smooth', 'grey']) {
      for (const size of sizes) {
        const whole = resizePicture(picture(name), size, filter)
        for (const [top, left, height, width] of [
          [2, 3, 4, 5],
          [0, 0, size.height, 6],
          [1, 0, 3, size.width],
          [size.height - 1, size.width - 1, 1, 1],
        ]) {
          const lines = Array.from({ length: height }, (_, y) => {
            const start = ((top + y) * size.width + left) * whole.channels
            return [...whole.data.subarray(start, start + width * whole.channels)]
          })
          const { data, ...part } = resizePicture(picture(name), size, filter, { top, left, height, width })
          expect(part).toEqual({ height, width, channels: whole.channels })
          expect([...data]).toEqual(lines.flat())
        }
      }
    }
  })
})

test.each(FILTERS)('what is shown of the middle is what is cut out of it: %s', filter => {
  for (const crop of [
    { height: 8, width: 9 },
    { height: 30, width: 7 },
    { height: 50, width: 60 },
  ]) {
    const size = { height: 21, width: 24 }
    const part = resizePicture(picture('rgb'), size, filter, centreWindow(size, crop))
    expect(cropCentre(part, crop)).toEqual(cropCentre(resizePicture(picture('rgb'), size, filter), crop))
  }
})

test('a picture of one colour stays so', () => {
  const grey: Picture = { width: 9, height: 7, channels: 1, data: new Uint8Array(63).fill(200) }
  for (const filter of FILTERS) {
    for (const size of [
      { height: 3, width: 4 },
      { height: 30, width: 20 },
    ]) {
      expect(new Set(resizePicture(grey, size, filter).data)).toEqual(new Set([200]))
    }
  }
})

test('a picture of the wanted size is the picture', () => {
  for (const filter of FILTERS)
    expect(resizePicture(picture('rgb'), picture('rgb'), filter)).toEqual(picture('rgb'))
})
