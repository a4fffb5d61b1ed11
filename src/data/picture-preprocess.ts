import { centreWindow, cropCentre } from '../formats/crop.ts'
import { type Picture, toGrey, toRgb } from '../formats/picture.ts'
import { resizePicture, type Size } from '../formats/resize.ts'
import { FILTERS, type Filter } from '../formats/resize-weights.ts'
import { UserError } from '../user-error.ts'
import { pictureAs } from './pictures.ts'
import { type Preprocess, type PreprocessOptions, resolvePreprocess } from './preprocess.ts'

const CHANNELS = ['rgb', 'bgr', 'grey'] as const
export type Channels = (typeof CHANNELS)[number]

/** How a picture of any size becomes one of the size that the network takes. */
export interface PictureSteps {
  readonly channels: Channels
  /** First; null leaves the size as it is. */
  readonly resize: { readonly shortestEdge: number } | Size | null
  readonly filter: Filter
  /** Then, from the middle; null leaves all of it. */
  readonly crop: Size | null
}

/** How pictures become inputs: their steps, and then (x · scale − mean) / std. */
export interface PicturePreprocess extends Preprocess {
  readonly picture: PictureSteps
}

/** What a user, or a file beside the model, may say of pictures. */
export interface PictureOptions extends PreprocessOptions {
  /** Shortest edge, or height and width. */
  readonly size?: number | readonly [height: number, width: number]
  readonly crop?: number | readonly [height: number, width: number]
  readonly filter?: Filter
  readonly channels?: Channels
}

/** What the network was trained with as far as it is known; fields that are missing are not known. */
export type KnownPreprocess = Partial<PictureSteps & Preprocess>

/** What nearly every network trained on ImageNet with torchvision had. */
export const IMAGENET: KnownPreprocess = {
  resize: { shortestEdge: 256 },
  filter: 'bilinear',
  crop: { height: 224, width: 224 },
  scale: 1 / 255,
  mean: [0.485, 0.456, 0.406],
  std: [0.229, 0.224, 0.225],
}

/**
 * What is asked for, else what is known, else: stretched to the size that the model takes, bytes as 0 … 1.
 *
 * @param wanted sizes of one input as the model has them, null where it leaves them open
 * @param name what messages call the model
 * @returns the pre-processing and the sizes of one input [channels, h, w], [h, w, channels] or [h, w]
 */
export function resolvePictures(
  options: PictureOptions,
  known: KnownPreprocess,
  wanted: readonly (number | null)[],
  name: string,
): { preprocess: PicturePreprocess; itemShape: readonly number[] } {
  const channels = options.channels ?? known.channels ?? (isGrey(wanted) ? 'grey' : 'rgb')
  expectOneOf('channels', channels, CHANNELS)
  const filter = options.filter ?? known.filter ?? 'bilinear'
  expectOneOf('filter', filter, FILTERS)
  const axes = pictureAxes(wanted, channels, name)
  const fixed = axes.size
  const askedSize = options.size === undefined ? undefined : toResize(options.size)
  const askedCrop = options.crop === undefined ? undefined : toSize('crop', options.crop)
  const resize = askedSize ?? known.resize ?? (askedCrop || known.resize === null ? null : fixed)
  const isShortest = resize !== null && 'shortestEdge' in resize
  const crop = askedCrop ?? known.crop ?? (isShortest ? fixed : null)
  const result = crop ?? (isShortest ? null : (resize ?? fixed))
  if (result === null) {
    throw new UserError(
      'usage',
      `${name}: takes pictures of any size, expected one size for all, add ${isShortest ? '--crop' : '--size'}`,
    )
  }
  const { height = result.height, width = result.width } = axes
  if (result.height !== height || result.width !== width) {
    throw new UserError(
      'usage',
      `${name}: takes pictures of ${sizeText({ height, width })}, pre-processing gives ${sizeText(result)}, change --size or --crop`,
    )
  }
  const { scale, mean, std } = { ...known, ...given(options) }
  const numbers = resolvePreprocess(
    { ...(scale !== undefined && { scale }), ...(mean && { mean }), ...(std && { std }) },
    'uint8',
  )
  const count = channels === 'grey' ? 1 : 3
  for (const [option, values] of Object.entries({ mean: numbers.mean, std: numbers.std })) {
    if (values.length === 1 || values.length === count) continue
    throw new UserError(
      'usage',
      `${option}: ${values.length} numbers, expected one, or ${count} for ${channels}`,
    )
  }
  return {
    preprocess: { picture: { channels, resize, filter, crop }, ...numbers },
    itemShape: axes.shapeOf(result),
  }
}

const given = ({ scale, mean, std }: PreprocessOptions): PreprocessOptions => ({
  ...(scale !== undefined && { scale }),
  ...(mean && { mean }),
  ...(std && { std }),
})

function expectOneOf(name: string, value: string, allowed: readonly string[]): void {
  if (allowed.includes(value)) return
  throw new UserError('usage', `${name} not found: ${value}, expected one of ${allowed.join(', ')}`)
}

const toResize = (size: NonNullable<PictureOptions['size']>): NonNullable<PictureSteps['resize']> =>
  typeof size === 'number' ? { shortestEdge: toSize('size', size).height } : toSize('size', size)

function toSize(name: string, size: NonNullable<PictureOptions['size']>): Size {
  const [height, width] = typeof size === 'number' ? [size, size] : size
  for (const length of [height, width]) {
    if (Number.isInteger(length) && length > 0 && length <= MAX_LENGTH) continue
    throw new UserError('usage', `${name}: ${length}, expected whole numbers of pixels, 1 to ${MAX_LENGTH}`)
  }
  return { height, width }
}

/** More than any network takes; a picture of this size fills the memory. */
const MAX_LENGTH = 8192

/** As large as the largest picture that is decoded. */
const MAX_PIXELS = 50_000_000

const isGrey = (wanted: readonly (number | null)[]): boolean =>
  wanted.length === 2 || (wanted.length === 3 && (wanted[0] === 1 || wanted[2] === 1))

interface Axes {
  readonly height?: number
  readonly width?: number
  /** Where the model fixes both */
  readonly size: Size | null
  readonly shapeOf: (size: Size) => readonly number[]
}

/** Which axis of the model's input is which. */
function pictureAxes(wanted: readonly (number | null)[], channels: Channels, name: string): Axes {
  const count = channels === 'grey' ? 1 : 3
  const is = (size: number | null) => size === count || size === null
  const axes = (
    height: number | null,
    width: number | null,
    shapeOf: (size: Size) => readonly number[],
  ): Axes => ({
    ...(height !== null && { height }),
    ...(width !== null && { width }),
    size: height === null || width === null ? null : { height, width },
    shapeOf,
  })
  if (wanted.length === 2 && count === 1) {
    return axes(wanted[0], wanted[1], ({ height, width }) => [height, width])
  }
  if (wanted.length === 3) {
    const [first, second, third] = wanted
    // Open on both sides, channels are taken to come first, as PyTorch has them.
    if (is(first) && !(first === null && third === count)) {
      return axes(second, third, ({ height, width }) => [count, height, width])
    }
    if (is(third)) return axes(first, second, ({ height, width }) => [height, width, count])
  }
  throw new UserError(
    'shape',
    `${name}: takes [${wanted.map(size => size ?? '?').join(', ')}] an example, expected [${count}, height, width] or ` +
      `[height, width, ${count}] for ${channels} pictures, give arrays instead`,
  )
}

/** A picture as the bytes of one input, in the network's own order of axes. Errors: UserError on another size. */
export function preparePicture(
  picture: Picture,
  { channels, resize, filter, crop }: PictureSteps,
  itemShape: readonly number[],
  name: string,
): Uint8Array {
  const coloured = channels === 'grey' ? toGrey(picture) : picture
  const resized =
    resize === null ? coloured : resizeFor(coloured, sizeOf(coloured, resize, name), filter, crop)
  const cropped = crop === null ? resized : cropCentre(resized, crop)
  const item = pictureAs(channels === 'bgr' ? reversed(toRgb(cropped)) : cropped, itemShape, name)
  return item.data as Uint8Array
}

/** Resized, but no further than the crop will show. */
function resizeFor(picture: Picture, size: Size, filter: Filter, crop: Size | null): Picture {
  return resizePicture(picture, size, filter, crop === null ? undefined : centreWindow(size, crop))
}

/** The longer edge is cut to a whole number, as torchvision does. */
function sizeOf({ height, width }: Picture, resize: NonNullable<PictureSteps['resize']>, name: string): Size {
  if (!('shortestEdge' in resize)) return resize
  const { shortestEdge } = resize
  const longest = Math.trunc((shortestEdge * Math.max(height, width)) / Math.min(height, width))
  if (shortestEdge * longest > MAX_PIXELS) {
    throw new UserError(
      'value',
      `${name}: ${width} × ${height} pixels, too long to make its shortest edge ${shortestEdge}, cut it first`,
    )
  }
  return height <= width ? { height: shortestEdge, width: longest } : { height: longest, width: shortestEdge }
}

/** RGB as BGR. */
function reversed({ data, ...picture }: Picture): Picture {
  const out = new Uint8Array(data.length)
  for (let i = 0; i < data.length; i += 3) {
    out[i] = data[i + 2]
    out[i + 1] = data[i + 1]
    out[i + 2] = data[i]
  }
  return { ...picture, data: out }
}

const sizeText = ({ height, width }: Size): string => `${width} × ${height} pixels`

/** What is done to pictures, in one line. */
export function describePictures({ picture, scale, mean, std }: PicturePreprocess): string {
  const { channels, resize, filter, crop } = picture
  const list = (values: readonly number[]) => values.map(value => Number(value.toPrecision(4))).join(', ')
  const sized =
    resize === null
      ? 'not resized'
      : 'shortestEdge' in resize
        ? `shortest edge to ${resize.shortestEdge} pixels (${filter})`
        : `resized to ${sizeText(resize)} (${filter})`
  return [
    channels,
    sized,
    ...(crop ? [`the middle ${sizeText(crop)}`] : []),
    `x · ${Number(scale.toPrecision(4))}`,
    `mean ${list(mean)}`,
    `std ${list(std)}`,
  ].join('; ')
}
