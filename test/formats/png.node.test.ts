import sharp from 'sharp'
import { expect, test } from 'vitest'
import { decodeImageBytes } from '../../src/formats/images.node.ts'
import { encodeSmallPng } from '../../src/formats/png.node.ts'
import { random } from '../../src/math/random.ts'

const uniform = random(5)

test.each([
  [1, 1, 1],
  [28, 28, 1],
  [32, 32, 3],
  [3, 17, 3],
  [100, 1, 1],
] as const)(
  'a picture of %i × %i pixels and %i channels is read back as it was',
  async (width, height, channels) => {
    const data = Uint8Array.from({ length: width * height * channels }, () => 256 * uniform())
    const png = encodeSmallPng({ width, height, channels, data })
    expect(await decodeImageBytes(png, 'picture')).toEqual({ width, height, channels, data })
    const { format, depth, hasAlpha } = await sharp(png).metadata()
    expect([format, depth, hasAlpha]).toEqual(['png', 'uchar', false])
  },
)
