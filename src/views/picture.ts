import { type Html, html } from './html.ts'
import type { ShownPicture } from './view-data.ts'

/** Sizes of the square that a picture stands in, in CSS pixels. */
export type Box = 64 | 96 | 128

/** An example's picture; where it has none, a tile with a word for it. Takes the same place either way. */
export function picture(
  shown: ShownPicture | null,
  box: Box,
  { alt, tile }: { alt: string; tile: string },
): Html {
  if (!shown) {
    return html`<span class="box box-${box} tile" style="--longest: ${longestWord(tile)}" aria-hidden="true"><span>${tile}</span></span>`
  }
  const { width, height, enlarged } = displaySize(shown, box)
  return html`<span class="box box-${box}"><img src="${shown.src}" alt="${alt}" width="${width}" height="${height}"${
    enlarged && html` class="pixelated"`
  } loading="lazy" decoding="async"></span>`
}

/** How many characters the longest word has, one at least: words of a tile are made as small as that one needs. */
const longestWord = (words: string): number =>
  Math.max(1, ...words.split(/\s+|(?<=-)/).map(word => [...word].length))

/** Small pictures grow by a whole factor, so that their pixels stay square; large ones shrink to fit. */
export function displaySize(
  { width, height }: Pick<ShownPicture, 'width' | 'height'>,
  box: number,
): { width: number; height: number; enlarged: boolean } {
  const fit = box / Math.max(width, height, 1)
  const factor = fit >= 1 ? Math.floor(fit) : fit
  return {
    width: Math.max(1, Math.round(width * factor)),
    height: Math.max(1, Math.round(height * factor)),
    enlarged: fit >= 1,
  }
}
