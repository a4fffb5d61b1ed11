// Two classes with some labels flipped, and what inspecting them in an order brings.

import { rowOf } from './datasets.js'
import { randomRows } from './library.js'

/**
 * The pictures of two classes as rows of pixels in [0, 1], and which of the two each is.
 *
 * @param {{ labels: Int32Array, picture: (row: number) => Promise<{ data: Uint8Array }> }} split
 */
export async function pixelsOfPair({ labels, picture }, pair) {
  const rows = [...labels.keys()].filter(i => pair.includes(labels[i]))
  const cols = (await picture(rows[0])).data.length
  const data = new Float32Array(rows.length * cols)
  for (const [k, row] of rows.entries()) {
    data.set(
      Float32Array.from((await picture(row)).data, x => x / 255),
      k * cols,
    )
  }
  return {
    features: { rows: rows.length, cols, data },
    classes: Int32Array.from(rows, row => pair.indexOf(labels[row])),
  }
}

/** So many examples of each of two classes at random, the same for the same seed. */
export function sampleOfPair({ features, classes }, perClass, seed) {
  const chosen = [0, 1].flatMap(of => {
    const own = [...classes.keys()].filter(i => classes[i] === of)
    return Array.from(randomRows(own.length, perClass, 2 * seed + of), k => own[k])
  })
  const data = new Float32Array(chosen.length * features.cols)
  for (const [k, row] of chosen.entries()) data.set(rowOf(features, row), k * features.cols)
  return {
    features: { rows: chosen.length, cols: features.cols, data },
    classes: Int32Array.from(chosen, row => classes[row]),
  }
}

/** Labels of which a share, chosen at random, says the other of two classes; and which these are. */
export function flipped(classes, share, seed) {
  const isFlipped = new Uint8Array(classes.length)
  for (const row of randomRows(classes.length, Math.round(share * classes.length), seed)) isFlipped[row] = 1
  return { labels: classes.map((y, i) => (isFlipped[i] ? 1 - y : y)), isFlipped }
}

/** Labels as they are once the first rows of an order have been inspected: right where they were. */
export function corrected(labels, classes, order, inspected) {
  const out = labels.slice()
  for (const row of order.slice(0, inspected)) out[row] = classes[row]
  return out
}

/** Rows with the largest score first; ties go to the smaller row. */
export function byScore(scores) {
  return [...scores.keys()].sort((a, b) => scores[b] - scores[a] || a - b)
}
