import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import { expect, test } from 'vitest'
import { pictureInCell } from '../../src/data/picture-cell.node.ts'
import { decodePicture } from '../../src/formats/images.node.ts'
import { temporaryDirectory } from '../app/bundle.ts'

const pixels = Uint8Array.from({ length: 24 }, (_, i) => 10 * i)
const png = async () =>
  new Uint8Array(
    await sharp(pixels, { raw: { width: 4, height: 2, channels: 3 } })
      .png()
      .toBuffer(),
  )

test('a picture is the same in every form in which a table may hold it', async () => {
  const folder = await temporaryDirectory()
  const bytes = await png()
  const base64 = Buffer.from(bytes).toString('base64')
  await mkdir(join(folder, 'images'))
  await writeFile(join(folder, 'images', 'a.png'), bytes)
  const forms = [
    bytes,
    { bytes, path: null },
    { bytes, path: '/elsewhere/a.png' },
    { bytes: null, path: 'images/a.png' },
    base64,
    base64.replace(/.{76}/g, '$&\n'),
    { bytes: base64, path: null },
    `data:image/png;base64,${base64}`,
    'images/a.png',
  ]
  for (const form of forms) {
    expect(await decodePicture(pictureInCell(form, folder, 'x'))).toEqual({
      width: 4,
      height: 2,
      channels: 3,
      data: pixels,
    })
  }
})

test.each<[unknown, string | RegExp]>([
  [null, 't.parquet#0: no bytes of a picture, expected them in the table'],
  [{ bytes: null, path: null }, 't.parquet#0: no bytes of a picture, expected them in the table'],
  [7, 't.parquet#0: no bytes of a picture, expected them in the table'],
  [
    'https://example.org/a.png',
    't.parquet#0: a picture at https://example.org/a.png, expected its bytes or a file beside the table, download it first',
  ],
  ['../secret.png', /^\.\.\/secret\.png: leads out of .*, expected a picture inside$/],
  ['a\0.png', /leads out of/],
  ['gone.png', /gone\.png: no such file, check the path$/],
  ['bm90IGEgcGljdHVyZQ==', 't.parquet#0: not an image, expected PNG, JPEG, WebP, TIFF, GIF or AVIF'],
])('%j is refused', async (value, message) => {
  const folder = await temporaryDirectory()
  const reading = async () => decodePicture(pictureInCell(value, folder, 't.parquet#0'))
  await expect(reading()).rejects.toThrow(message)
})
