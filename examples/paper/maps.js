// Figure 6: a sensitivity map, and the parts of it that come from training examples.

import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sensitivity } from '../../dist/index.js'
import { dataUrl, gallery, pngUrl } from './gallery.js'
import { bound, fixed, percent, randomRows, signed, significant } from './library.js'
import { table } from './page.js'
import { mean, median } from './statistics.js'

const SEED = 3
/** Test examples that numbers are told of; the first two are drawn. */
const POINTS = 20
const DRAWN = 2
/** Training examples of each sign. */
const SHOWN = 3

export async function run({ dataset, say }) {
  const { name, test } = dataset
  const right = [...test.labels.keys()].filter(row => test.labels[row] === test.predicted[row])
  const rows = Array.from(randomRows(right.length, POINTS, SEED), k => right[k])
  const folder = mkdtempSync(join(tmpdir(), 'representer-paper-'))
  try {
    const answers = []
    for (const [t, row] of rows.entries()) {
      say(`test/${row}`)
      const out = t < DRAWN ? { out: join(folder, `${t}`) } : {}
      answers.push(
        await sensitivity({ directory: dataset.directory, input: `test/${row}`, k: SHOWN, ...out }),
      )
    }
    return {
      parts: [
        `${name}, ${POINTS} test examples drawn at random from those that are predicted right; the gradient of the logit of the predicted class by the pixels, taken apart:`,
        told(answers),
        shareWords(answers.map(shareOfParts)),
        'The paper gives no numbers here, only that a map is the weighted sum of the maps of training examples. Agrees: the parts add up to the whole, which is checked in every run.',
        await pictures(dataset, rows.slice(0, DRAWN), answers),
      ],
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function told(answers) {
  const numbers = {
    'by how much parts and rest miss the whole at most, relative to the largest number': bound(
      Math.max(...answers.map(({ difference }) => difference)),
    ),
    'cosine between the map of the fitted and of the given head, mean': fixed(
      mean(answers.map(({ given }) => given.cosine)),
      4,
    ),
    [`share of the map that comes from the ${SHOWN} strongest training examples of each sign, median`]:
      percent(median(answers.map(shareOfParts)), 2),
    'norm of the strongest part over that of the whole, median': significant(
      median(answers.map(({ parts, map }) => Math.max(...parts.map(({ norm }) => norm)) / map.norm)),
    ),
  }
  return table(['', 'here'], Object.entries(numbers))
}

const shareOfParts = ({ parts }) => parts.reduce((sum, { share }) => sum + share, 0)

/**
 * What a share is, and that it may be negative.
 *
 * @param {readonly number[]} shares of the shown parts together, by test example
 */
export function shareWords(shares) {
  const negative = shares.filter(share => share < 0).length
  return `A share is ⟨part, whole⟩ / ‖whole‖²: how far a part points the way of the whole. Those of all training examples and of the rest add up to 100 %, but a part may point against the whole, and its share is negative then. The strongest examples are chosen by their values, which are about the logit and not about its gradient, so that parts of excitatory examples may do so too; the shares of those shown add up to less than 0 for ${negative} of the ${shares.length} test examples.`
}

async function pictures({ name, train, test, classNames }, rows, answers) {
  const tile = async (split, row, words) => ({ src: dataUrl(await split.picture(row)), words })
  const drawn = answers.slice(0, DRAWN).flatMap((answer, t) => {
    const overlay = ({ overlay, share }) => ({
      src: pngUrl(readFileSync(join(answer.out, overlay))),
      words: share === undefined ? [] : [percent(share, 2)],
    })
    return [
      {
        name: `test/${rows[t]}`,
        tiles: [
          tile(test, rows[t], [classNames[test.labels[rows[t]]]]),
          ...answer.parts.map(({ row, label, value }) =>
            tile(train, row, [classNames[label], signed(value, 3)]),
          ),
        ],
      },
      { name: 'maps', tiles: [overlay(answer.map), ...answer.parts.map(overlay)] },
    ]
  })
  return gallery({
    title: `${name}, maps and their parts`,
    words: `Two test pictures with their sensitivity maps, and the ${SHOWN} most excitatory and the ${SHOWN} most inhibitory training pictures, with their representer values, above the parts of the map that come from them, with their shares of it. Blue raises the logit, orange lowers it; one scale for each test picture.`,
    headings: [
      { at: 0, text: 'test' },
      { at: 1, text: 'excitatory' },
      { at: 1 + SHOWN, text: 'inhibitory' },
    ],
    rows: await Promise.all(drawn.map(async row => ({ ...row, tiles: await Promise.all(row.tiles) }))),
  })
}
