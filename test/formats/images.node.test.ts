import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decodeImage, encodePng } from '../../src/formats/images.node.ts'
import { type Picture, toGrey, toRgb } from '../../src/formats/picture.ts'
import { expectations, fixtureNames, fixturePath } from './fixtures.ts'

interface Expected extends Omit<Picture, 'data'> {
  readonly data: readonly number[]
  readonly grey: readonly number[]
}

const readable = expectations<Expected>('images.jsonl')

const refused: Record<string, string> = {
  'refused-drawing.svg': 'not an image, expected PNG, JPEG, WebP, TIFF, GIF or AVIF',
  'refused-large.png': 'more than 50000000 pixels, scale it down first',
  'refused-nothing.png': 'not an image, expected PNG, JPEG, WebP, TIFF, GIF or AVIF',
  'refused-truncated.jpg': 'a damaged image (VipsJpeg: premature end of JPEG image), copy or save it again',
  'refused-truncated.png': 'a damaged image (vipspng: libpng read error), copy or save it again',
  'refused-words.png': 'not an image, expected PNG, JPEG, WebP, TIFF, GIF or AVIF',
}

test('each fixture is read or refused', () => {
  expect(fixtureNames('images')).toEqual([...readable.keys(), ...Object.keys(refused)].sort())
})

describe('what PIL reads', () => {
  test.each([...readable])('%s', async (name, { data, grey, ...form }) => {
    const picture = await decodeImage(fixturePath(`images/${name}`))
    expect({ ...picture, data: [...picture.data] }).toEqual({ ...form, data })
    expect([...toGrey(picture).data]).toEqual(grey)
  })
})

describe('what is no image', () => {
  test.each(Object.entries(refused))('%s', async (name, sentence) => {
    const path = fixturePath(`images/${name}`)
    await expect(decodeImage(path)).rejects.toMatchObject({
      name: 'UserError',
      code: 'format',
      message: `${path}: ${sentence}`,
    })
  })

  test('a missing file', async () => {
    await expect(decodeImage('missing.png')).rejects.toMatchObject({
      code: 'not-found',
      message: 'missing.png: no such file, check the path',
    })
  })
})

const anyPicture: fc.Arbitrary<Picture> = fc
  .tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 }), fc.constantFrom<1 | 3>(1, 3))
  .chain(([width, height, channels]) => {
    const length = width * height * channels
    return fc
      .uint8Array({ minLength: length, maxLength: length, size: 'max' })
      .map(data => ({ width, height, channels, data }))
  })

test('what we write is read as it was', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'representer-'))
  try {
    await fc.assert(
      fc.asyncProperty(anyPicture, async picture => {
        const path = join(folder, 'picture.png')
        await writeFile(path, await encodePng(picture))
        expect(await decodeImage(path)).toEqual(picture)
      }),
      { numRuns: 30 },
    )
  } finally {
    await rm(folder, { recursive: true })
  }
})

test('grey as RGB is the same grey again', () => {
  fc.assert(
    fc.property(anyPicture, picture => {
      expect(toGrey(toRgb(toGrey(picture)))).toEqual(toGrey(picture))
      expect(toRgb(toRgb(picture))).toEqual(toRgb(picture))
    }),
  )
})
