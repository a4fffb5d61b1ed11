import type { Picture } from './picture.ts'
import type { Size, Window } from './resize.ts'

/**
 * The middle of a picture as torchvision's `CenterCrop` takes it: half a pixel goes to the even side, and
 * what a small picture lacks is black.
 */
export function cropCentre(picture: Picture, { height, width }: Size): Picture {
  const { channels, data } = picture
  const top = offset(picture.height, height)
  const left = offset(picture.width, width)
  const out = new Uint8Array(height * width * channels)
  const from = Math.max(0, left)
  const to = Math.min(picture.width, left + width)
  for (let y = 0; y < height; y++) {
    const line = y + top
    if (line < 0 || line >= picture.height) continue
    const start = line * picture.width
    const pixels = data.subarray((start + from) * channels, (start + to) * channels)
    out.set(pixels, (y * width + from - left) * channels)
  }
  return { width, height, channels, data: out }
}

/** What of a picture of a size its middle shows. */
export function centreWindow(picture: Size, crop: Size): Window {
  return {
    top: Math.max(0, offset(picture.height, crop.height)),
    left: Math.max(0, offset(picture.width, crop.width)),
    height: Math.min(picture.height, crop.height),
    width: Math.min(picture.width, crop.width),
  }
}

/** Where the crop begins; before 0 where it is larger than the picture. */
function offset(size: number, crop: number): number {
  if (size < crop) return -Math.floor((crop - size) / 2)
  const half = Math.floor((size - crop) / 2)
  // Python rounds one half to the even number.
  return (size - crop) % 2 === 1 && half % 2 === 1 ? half + 1 : half
}
