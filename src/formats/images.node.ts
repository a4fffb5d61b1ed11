import sharp, { type Metadata, type Sharp } from 'sharp'
import type { UserError } from '../user-error.ts'
import { openFile } from './files.node.ts'
import { formatError } from './format-error.ts'
import { jpegComponents } from './jpeg-header.ts'
import type { Picture, PictureFile } from './picture.ts'

/** Decoded, a picture of so many pixels takes 150 MB. */
const maxPixels = 50_000_000

/** More than so many pixels take with 16 bits and transparency, uncompressed. */
const maxFileBytes = 2 ** 29

/** What sharp calls the formats of photographs. A drawing such as SVG could load other files. */
const formats = ['png', 'jpeg', 'webp', 'tiff', 'gif', 'heif']

/** What libvips calls the others that it may be built with. */
const others =
  'Svg Pdf Magick Magick7 OpenSlide OpenExr Fits Mat Matrix Analyze Csv Ppm Rad Raw Vips Jp2k Jxl Uhdr Dcraw Nifti'

// These are not begun with: bytes may come from anywhere. They are named one by one, since the whole process has one
// list: a thread that blocked all and then let some through would take them from the others for a moment.
sharp.block({ operation: others.split(' ').map(format => `VipsForeignLoad${format}`) })

/**
 * Decodes an image file as PIL does: turned upright by its EXIF orientation, transparency dropped and not
 * blended, colour profiles ignored, 16 bits cut to 8. A grey file has one channel, every other three; of an
 * animation the first picture counts.
 *
 * @throws UserError `not-found` or `io` where there is no readable file, `format` where it is no image, is
 * damaged or has more than 50 million pixels.
 */
export async function decodeImage(path: string): Promise<Picture> {
  return decodeImageBytes(await readImageFile(path), path)
}

/** The same for a picture wherever it is kept. */
export async function decodePicture({ name, content }: PictureFile): Promise<Picture> {
  return content === null ? decodeImage(name) : decodeImageBytes(content, name)
}

/** The same for the content of an image file. `name` is what messages call it. */
export async function decodeImageBytes(content: Uint8Array, name: string): Promise<Picture> {
  try {
    const image = sharp(content, { limitInputPixels: maxPixels, ignoreIcc: true, failOn: 'error' })
    const space = await spaceOf(content, image)
    // sharp would round 16 bits of grey and cut those of RGB, so they are cut here.
    const deep = space === 'grey16' || space === 'rgb16'
    const { data, info } = await image
      .autoOrient()
      .removeAlpha()
      .toColourspace(targetSpace(space))
      .raw({ depth: deep ? 'ushort' : 'uchar' })
      .toBuffer({ resolveWithObject: true })
    const channels = info.channels === 1 ? 1 : 3
    return {
      width: info.width,
      height: info.height,
      channels,
      data: deep ? upperBytes(data) : new Uint8Array(data),
    }
  } catch (cause) {
    throw explained(name, cause)
  }
}

/** Writes a picture as PNG, grey or RGB. */
export async function encodePng({ width, height, channels, data }: Picture): Promise<Uint8Array> {
  const image = sharp(data, { raw: { width, height, channels } })
  const png = image.toColourspace(channels === 1 ? 'b-w' : 'srgb').png()
  return new Uint8Array(await png.toBuffer())
}

/** sharp could open the file itself, but says no more than that it is missing. */
async function readImageFile(path: string): Promise<Uint8Array> {
  const file = await openFile(path)
  try {
    if (file.byteLength > maxFileBytes)
      throw formatError(file, `${file.byteLength} bytes, expected an image of at most ${maxFileBytes}`)
    return await file.slice(0, file.byteLength)
  } finally {
    await file.close()
  }
}

/** What sharp's metadata says, which takes it a third of the time that a small picture does to decode. */
async function spaceOf(content: Uint8Array, image: Sharp): Promise<Metadata['space']> {
  const space = JPEG_SPACES[jpegComponents(content) ?? 0]
  if (space !== undefined) return space
  const metadata = await image.metadata()
  if (!formats.includes(metadata.format)) throw new Error('unsupported image format')
  return metadata.space
}

/** By the number of components */
const JPEG_SPACES: { readonly [components: number]: Metadata['space'] } = { 1: 'b-w', 3: 'srgb' }

function targetSpace(space: Metadata['space']): string {
  if (space === 'grey16' || space === 'rgb16' || space === 'b-w') return space
  return 'srgb'
}

/** The upper byte of each 16-bit number, in the byte order of this machine. */
function upperBytes(data: Uint8Array): Uint8Array {
  const words = new Uint16Array(new Uint8Array(data).buffer)
  return Uint8Array.from(words, word => word >> 8)
}

/** sharp throws plain errors, which only their wording tells apart. */
function explained(path: string, cause: unknown): UserError {
  const reason = (cause as Error).message
  if (/unsupported image format|is empty/.test(reason))
    return formatError({ name: path }, 'not an image, expected PNG, JPEG, WebP, TIFF, GIF or AVIF', cause)
  if (/exceeds pixel limit/.test(reason))
    return formatError({ name: path }, `more than ${maxPixels} pixels, scale it down first`, cause)
  return formatError({ name: path }, `a damaged image (${reason}), copy or save it again`, cause)
}
