import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import sharp, { type JpegOptions } from 'sharp'
import { describe, expect, test } from 'vitest'
import { jpegComponents } from '../../src/formats/jpeg-header.ts'
import { fixturePath } from './fixtures.ts'

const pixels = Buffer.from(Array.from({ length: 20 * 13 * 3 }, (_, i) => (i * 91) % 256))

async function jpeg(options: JpegOptions, space: 'b-w' | 'srgb' | 'cmyk'): Promise<Uint8Array> {
  const image = sharp(pixels, { raw: { width: 20, height: 13, channels: 3 } }).toColourspace(space)
  return new Uint8Array(
    await image
      .withExif({ IFD0: { Artist: 'nobody' } })
      .jpeg(options)
      .toBuffer(),
  )
}

const kinds: [name: string, options: JpegOptions, space: 'b-w' | 'srgb' | 'cmyk'][] = [
  ['baseline', {}, 'srgb'],
  ['of whole chroma', { chromaSubsampling: '4:4:4' }, 'srgb'],
  ['progressive', { progressive: true }, 'srgb'],
  ['grey', {}, 'b-w'],
  ['progressive grey', { progressive: true }, 'b-w'],
  ['of four inks', {}, 'cmyk'],
]

describe('the components of a JPEG file are those that sharp counts', () => {
  test.each(kinds)('%s', async (_, options, space) => {
    const bytes = await jpeg(options, space)
    const metadata = await sharp(bytes).metadata()
    expect(metadata).toMatchObject({ format: 'jpeg', space })
    expect(jpegComponents(bytes)).toBe(metadata.channels)
  })

  test.each(['photo.jpg', 'grey.jpg', 'rotated.jpg'])('%s', async name => {
    const bytes = new Uint8Array(readFileSync(fixturePath(`images/${name}`)))
    expect(jpegComponents(bytes)).toBe((await sharp(bytes).metadata()).channels)
  })
})

test.each(['rgb.png', 'palette.gif', 'rgb.webp', 'rgb.tiff', 'refused-nothing.png'])('%s has none', name => {
  expect(jpegComponents(new Uint8Array(readFileSync(fixturePath(`images/${name}`))))).toBe(null)
})

test('what is out of the ordinary before the frame makes them unknown', async () => {
  const bytes = await jpeg({}, 'b-w')
  expect(jpegComponents(bytes)).toBe(1)
  for (const odd of [[0xff], [0xff, 0xd0], [0xff, 0x01], [0xff, 0xc9, 0, 2], [0]]) {
    expect(jpegComponents(Uint8Array.of(0xff, 0xd8, ...odd, ...bytes.subarray(2)))).toBe(null)
  }
})

test('of a part of a file, and of any bytes behind its beginning, they are a number or unknown', async () => {
  const bytes = await jpeg({}, 'srgb')
  for (let end = 0; end < bytes.length; end++) {
    expect([null, 3]).toContain(jpegComponents(bytes.subarray(0, end)))
  }
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), noise => {
      const components = jpegComponents(Uint8Array.of(0xff, 0xd8, 0xff, ...noise))
      expect(components === null || Number.isInteger(components)).toBe(true)
    }),
  )
})
