import type { NdArray } from '../formats/ndarray.ts'
import { type Picture, toGrey, toRgb } from '../formats/picture.ts'
import { UserError } from '../user-error.ts'

/** How to take an example of bytes for a picture: where height, width and channels stand. */
interface PictureLayout {
  readonly height: number
  readonly width: number
  readonly channels: 1 | 3
  readonly channelsFirst: boolean
}

/** Example i as a picture, where examples are bytes of a shape that pictures have; null otherwise. */
export function pictureOf({ dtype, shape, data }: NdArray, i: number): Picture | null {
  const layout = pictureLayout(shape.slice(1))
  if (dtype !== 'uint8' || !layout) return null
  const { height, width, channels, channelsFirst } = layout
  const size = height * width * channels
  const item = (data as Uint8Array).subarray(i * size, (i + 1) * size)
  if (!channelsFirst || channels === 1) return { height, width, channels, data: item }

  const pixels = new Uint8Array(size)
  for (let ch = 0; ch < channels; ch++) {
    for (let p = 0; p < height * width; p++) pixels[p * channels + ch] = item[ch * height * width + p]
  }
  return { height, width, channels, data: pixels }
}

/** Whether examples of bytes of this shape are pictures. */
export const isPictureShape = (itemShape: readonly number[]): boolean => pictureLayout(itemShape) !== null

/** [h, w], [1, h, w], [h, w, 1], [3, h, w] or [h, w, 3]. */
export function pictureLayout(itemShape: readonly number[]): PictureLayout | null {
  if (itemShape.length === 2) {
    return { height: itemShape[0], width: itemShape[1], channels: 1, channelsFirst: false }
  }
  if (itemShape.length !== 3) return null
  const [first, , last] = itemShape
  if (first === 1 || first === 3) {
    return { channels: first, height: itemShape[1], width: itemShape[2], channelsFirst: true }
  }
  if (last === 1 || last === 3) {
    return { channels: last, height: itemShape[0], width: itemShape[1], channelsFirst: false }
  }
  return null
}

/**
 * A picture as one example [1, …] of a shape that pictures have. Errors: UserError where it is of another
 * size, or the shape is none of a picture. `name` is what messages call it.
 */
export function pictureAs(picture: Picture, itemShape: readonly number[], name: string): NdArray {
  const layout = pictureLayout(itemShape)
  if (!layout) {
    throw new UserError(
      'shape',
      `${name}: a picture, expected an input [${itemShape.join(', ')}], give it as an array`,
    )
  }
  const { height, width, channels, channelsFirst } = layout
  if (picture.height !== height || picture.width !== width) {
    throw new UserError(
      'shape',
      `${name}: ${picture.width} × ${picture.height} pixels, expected ${width} × ${height} as in training, resize it first`,
    )
  }
  const { data } = channels === 1 ? toGrey(picture) : toRgb(picture)
  if (!channelsFirst || channels === 1) return { dtype: 'uint8', shape: [1, ...itemShape], data }
  const planes = new Uint8Array(data.length)
  for (let ch = 0; ch < channels; ch++) {
    for (let p = 0; p < height * width; p++) planes[ch * height * width + p] = data[p * channels + ch]
  }
  return { dtype: 'uint8', shape: [1, ...itemShape], data: planes }
}
