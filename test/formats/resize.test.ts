import { describe, expect, test } from 'vitest'
import { cropCentre } from '../../src/formats/crop.ts'
import type { Picture } from '../../src/formats/picture.ts'
import { FILTERS, type Filter, resizePicture } from '../../src/formats/resize.ts'
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
