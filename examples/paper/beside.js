// Figures 3, 4 and 10: the training examples that representer values and influence bring forward, side by side.

import { dataUrl, gallery } from './gallery.js'
import {
  collect,
  count,
  endsCollector,
  fixed,
  percent,
  randomRows,
  sameClassRate,
  topKCardinality,
} from './library.js'
import { table } from './page.js'
import { openMethod, pointOf } from './values.js'

const SEED = 3
/** Test examples that the shares are told of, and training examples of each sign for each. */
const POINTS = 500
const K = 10
/** Pictures of each sign, and test examples that are predicted right and wrong. */
const SHOWN = 3
const ROWS = 2

/** By how much one share has to be larger than another to be called so. */
const MORE = 0.02

const METHODS = { representer: 'representer values', 'influence-loss': 'influence on the loss' }

export async function run({ dataset, runtime, say }) {
  const { name, train, test } = dataset
  const rows = Array.from(randomRows(test.labels.length, POINTS, SEED))
  const all = [...test.labels.keys()].filter(row => test.labels[row] !== test.predicted[row])
  const wrong = Array.from(randomRows(all.length, ROWS, SEED), k => all[k])
  const right = rows.filter(row => test.labels[row] === test.predicted[row]).slice(0, ROWS)
  const drawn = [...right, ...wrong]
  const points = [...rows, ...drawn].map(row => pointOf(dataset, row))
  const ends = {}
  for (const method of Object.keys(METHODS)) {
    say(method)
    const attribution = await openMethod(runtime, dataset, method)
    const collector = endsCollector(points.length, K)
    await collect(attribution, points, [collector])
    await attribution.release()
    ends[method] = collector.answer()
  }
  const listsOf = (method, side) => ends[method].slice(0, POINTS).map(end => end[side].map(({ row }) => row))
  const own = rows.map(row => test.predicted[row])
  const lines = Object.entries(METHODS).map(([method, what]) => [
    what,
    ...['highest', 'lowest'].flatMap(side => [
      percent(sameClassRate(listsOf(method, side), train.labels, own), 1),
      percent(topKCardinality(listsOf(method, side)), 1),
    ]),
  ])
  return {
    parts: [
      `${name}, ${count(POINTS)} test examples drawn at random, each about the class that is predicted; the ${K} largest and the ${K} smallest values of each:`,
      table(
        [
          'values',
          'largest: of the predicted class',
          'largest: different examples',
          'smallest: of the predicted class',
          'smallest: different examples',
        ],
        lines,
      ),
      words(listsOf, train, own),
      await pictures(dataset, drawn, ends),
    ],
  }
}

function words(listsOf, train, own) {
  const same = method => sameClassRate(listsOf(method, 'highest'), train.labels, own)
  const other = method => 1 - sameClassRate(listsOf(method, 'lowest'), train.labels, own)
  const [ours, theirs] = Object.keys(METHODS).map(method => (same(method) + other(method)) / 2)
  const verdict =
    ours - theirs > MORE
      ? 'Agrees: they bring forward examples of the class for it, and of other classes against it, more often.'
      : 'Does not agree by this count: influence brings forward examples of the class for it, and of other classes against it, as often.'
  const variety = Object.keys(METHODS).map(method => topKCardinality(listsOf(method, 'highest')))
  return `The paper shows pictures, counts nothing, and finds those of representer values clearer. ${verdict} What the paper does not say: the same few training examples are shown again and again. Of all places in the lists ${fixed(100 * variety[0], 1)} % have an example of their own by representer values, ${fixed(100 * variety[1], 1)} % by influence.`
}

async function pictures({ name, train, test, classNames }, drawn, ends) {
  const tile = async (split, row, words) => ({ src: dataUrl(await split.picture(row)), words })
  const training = list =>
    Promise.all(list.slice(0, SHOWN).map(({ row }) => tile(train, row, [classNames[train.labels[row]]])))
  const rows = await Promise.all(
    drawn.map(async (row, k) => {
      const { highest, lowest } = ends.representer[POINTS + k]
      const other = ends['influence-loss'][POINTS + k]
      const [label, predicted] = [test.labels[row], test.predicted[row]].map(y => classNames[y])
      return {
        name: `test/${row}`,
        tiles: [
          await tile(test, row, label === predicted ? [label] : [label, `as ${predicted}`]),
          ...(await training(highest)),
          ...(await training(lowest)),
          ...(await training(other.highest)),
          ...(await training(other.lowest)),
        ],
      }
    }),
  )
  return gallery({
    title: `${name}, representer values and influence side by side`,
    words: `Four test pictures, two of them predicted wrong, each with the ${SHOWN} training pictures of the largest and of the smallest representer values, and the same of influence, with their labels.`,
    headings: ['representer +', 'representer −', 'influence +', 'influence −'].map((text, k) => ({
      at: 1 + SHOWN * k,
      text,
    })),
    rows,
  })
}
