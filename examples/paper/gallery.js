// Pictures in rows with words below, as one SVG.

import { drawing, encodeSmallPng, html } from './library.js'

const [EDGE, GAP, LINE, NAMES, TOP] = [56, 6, 12, 92, 16]
/** Words that stand below a picture, at most. */
const WORDS = 2

/**
 * @typedef {object} Tile
 * @property {string} src of a picture
 * @property {readonly string[]} words below it
 */

/**
 * @param {{ title: string, words: string, headings?: readonly { at: number, text: string }[],
 *   rows: readonly { name: string, tiles: readonly (Tile | null)[] }[] }} gallery headings stand above a tile; null
 *   leaves a gap
 */
export function gallery({ title, words, headings = [], rows }) {
  const columns = Math.max(...rows.map(({ tiles }) => tiles.length))
  const height = EDGE + WORDS * LINE + GAP
  const left = at => NAMES + at * (EDGE + GAP)
  const top = row => TOP + row * height
  return drawing({ title, words }, { width: left(columns), height: top(rows.length) })`${headings.map(
    ({ at, text }) => html`<text class="chart-name" x="${left(at)}" y="10">${text}</text>
`,
  )}${rows.map(
    ({ name, tiles }, row) => html`<text class="chart-name" x="0" y="${top(row) + EDGE / 2}">${name}</text>
${tiles.map((tile, at) => tile && tileAt(tile, left(at), top(row)))}`,
  )}`
}

const tileAt = ({ src, words }, x, y) =>
  html`<image href="${src}" x="${x}" y="${y}" width="${EDGE}" height="${EDGE}" style="image-rendering: pixelated"/>
${words.map(
  (
    text,
    line,
  ) => html`<text x="${x + EDGE / 2}" y="${y + EDGE + 10 + line * LINE}" text-anchor="middle">${text}</text>
`,
)}`

/** A picture as a data URL. */
export const dataUrl = picture => pngUrl(encodeSmallPng(picture))

export const pngUrl = bytes => `data:image/png;base64,${Buffer.from(bytes).toString('base64')}`
