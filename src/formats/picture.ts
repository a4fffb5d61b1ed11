/** An image of 8 bits per channel, grey or RGB. */
export interface Picture {
  readonly width: number
  readonly height: number
  readonly channels: 1 | 3
  /** Rows from the top, pixels from the left. [height, width, channels] */
  readonly data: Uint8Array
}

/** A picture as it is kept: in a file, or as the content of one. */
export interface PictureFile {
  /** What messages call it; the path of its file where there is no content. */
  readonly name: string
  readonly content: Uint8Array | null
}

/**
 * The luma of ITU-R 601-2 in the fixed point of PIL's `convert('L')`, bit for bit:
 *
 *   L = (19595 R + 38470 G + 7471 B + 2¹⁵) / 2¹⁶
 */
export function toGrey(picture: Picture): Picture {
  const { width, height, channels, data } = picture
  if (channels === 1) return picture
  const grey = new Uint8Array(width * height)
  for (let i = 0; i < grey.length; i++)
    grey[i] = (data[3 * i] * 19595 + data[3 * i + 1] * 38470 + data[3 * i + 2] * 7471 + 0x8000) >> 16
  return { width, height, channels: 1, data: grey }
}

/** Grey becomes three equal channels. */
export function toRgb(picture: Picture): Picture {
  const { width, height, channels, data } = picture
  if (channels === 3) return picture
  const rgb = new Uint8Array(3 * data.length)
  for (let i = 0; i < data.length; i++) {
    rgb[3 * i] = data[i]
    rgb[3 * i + 1] = data[i]
    rgb[3 * i + 2] = data[i]
  }
  return { width, height, channels: 3, data: rgb }
}
