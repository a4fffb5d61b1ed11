import type { Picture } from './picture.ts'
import { resampleColumns, resampleRows } from './resample.ts'
import {
  type Filter,
  nearestPixels,
  type Smooth,
  type Span,
  type Weights,
  weightsFor,
} from './resize-weights.ts'

/*
 * Resampling as Pillow does it for 8 bits a channel, so that a network sees the pixels that it was trained on:
 *
 *   out[x] = Σᵢ w((i + ½ − (x + ½) s) / max(s, 1)) in[i] / Σᵢ w(…),   s = in size / out size
 *
 * along rows, rounded to 8 bits, and then along columns. The weights are numbers of 22 binary places. Unlike
 * other resizers it widens the filter when it shrinks a picture, which antialiases.
 */

export interface Size {
  readonly height: number
  readonly width: number
}

/** A part of a picture, wholly inside it. */
export interface Window extends Size {
  readonly top: number
  readonly left: number
}

/**
 * A picture of another size, which it is stretched to.
 *
 * @param window the part of the result that is wanted, all of it unless given; no more than that is computed
 */
export function resizePicture(
  picture: Picture,
  { height, width }: Size,
  filter: Filter,
  window: Window = { top: 0, left: 0, height, width },
): Picture {
  const columns = { start: window.left, length: window.width }
  const lines = { start: window.top, length: window.height }
  if (filter === 'nearest') {
    return pickPixels(
      picture,
      nearestPixels(picture.width, width, columns),
      nearestPixels(picture.height, height, lines),
    )
  }
  const across = spanWeights(picture.width, width, columns, filter)
  const down = spanWeights(picture.height, height, lines, filter)
  const [top, bottom] = down ? linesRead(down) : [0, picture.height]
  const wide = across ? resampleRows(picture, across, top, bottom) : picture
  return down ? resampleColumns(wide, down, across ? top : 0) : wide
}

/** null where pixels stay what and where they are. */
function spanWeights(from: number, to: number, span: Span, filter: Smooth): Weights | null {
  return from === to && span.length === to ? null : weightsFor(from, to, span, filter)
}

/** The lines that weights count: the first one, and the one after the last. */
function linesRead({ first, count }: Weights): [top: number, bottom: number] {
  return [first[0], (first.at(-1) ?? 0) + (count.at(-1) ?? 0)]
}

function pickPixels(
  { width: from, channels, data }: Picture,
  columns: Int32Array,
  lines: Int32Array,
): Picture {
  const [height, width] = [lines.length, columns.length]
  const out = new Uint8Array(height * width * channels)
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const start = (lines[y] * from + columns[x]) * channels
      for (let ch = 0; ch < channels; ch++) out[at++] = data[start + ch]
    }
  }
  return { width, height, channels, data: out }
}
