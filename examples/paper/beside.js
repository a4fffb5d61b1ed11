// Figures 3, 4 and 10: the training examples that representer values and influence bring forward, side by side.

import { dataUrl, gallery } from './gallery.js'
import {
  collect,
  count,
  endsCollector,
  openAttribution,
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

const METHODS = {
  representer: {
    what: 'representer values',
    open: (runtime, dataset) => openMethod(runtime, dataset, 'representer'),
  },
  ofLabels: {
    what: 'representer values of the fit to the labels',
    open: (runtime, { labels }) => openAttribution(runtime, 'representer', labels),
  },
  influence: {
    what: 'influence on the loss',
    open: (runtime, dataset) => openMethod(runtime, dataset, 'influence-loss'),
  },
}

export async function run({ dataset, runtime, say }) {
  const { name, train, test } = dataset
  const rows = Array.from(randomRows(test.labels.length, POINTS, SEED))
  const all = [...test.labels.keys()].filter(row => test.labels[row] !== test.predicted[row])
  const wrong = Array.from(randomRows(all.length, ROWS, SEED), k => all[k])
  const right = rows.filter(row => test.labels[row] === test.predicted[row]).slice(0, ROWS)
  const drawn = [...right, ...wrong]
  const points = [...rows, ...drawn].map(row => pointOf(dataset, row))
  const ends = {}
  for (const [method, { what, open }] of Object.entries(METHODS)) {
    say(what)
    const attribution = await open(runtime, dataset)
    const collector = endsCollector(points.length, K)
    await collect(attribution, points, [collector])
    await attribution.release()
    ends[method] = collector.answer()
  }
  const listsOf = (method, side) => ends[method].slice(0, POINTS).map(end => end[side].map(({ row }) => row))
  const own = rows.map(row => test.predicted[row])
  const lines = Object.entries(METHODS).map(([method, { what }]) => [
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
  const rate = (method, side) => sameClassRate(listsOf(method, side), train.labels, own)
  const clear = method => (rate(method, 'highest') + 1 - rate(method, 'lowest')) / 2
  const [ours, ofLabels, theirs] = Object.keys(METHODS).map(clear)
  const told = `for ${percent(ours, 0)} of the places in both lists representer values bring forward an example of the predicted class for it or one of another class against it, influence for ${percent(theirs, 0)}`
  const verdict = ours - theirs > MORE ? 'Agrees' : 'Does not agree by a count'
  const why =
    ours - theirs > MORE
      ? ''
      : ` Why: where the head is fitted to the network's outputs, α says whether it stays below them or above, whatever the label; where it is fitted to the labels, α is positive for the label and negative for all other classes, and the count is ${percent(ofLabels, 0)}.`
  const variety = Object.keys(METHODS).map(method => percent(topKCardinality(listsOf(method, 'highest')), 0))
  return `The paper shows pictures, counts nothing, and finds those of representer values clearer. ${verdict}: ${told}.${why} What the paper does not say: the same few training examples are shown again and again. If no two test examples shared one, all places would have different examples; of the largest values ${variety[0]} do by representer values, ${variety[1]} by those of the fit to the labels, ${variety[2]} by influence.`
}

async function pictures({ name, train, test, classNames }, drawn, ends) {
  const tile = async (split, row, words) => ({ src: dataUrl(await split.picture(row)), words })
  const training = list =>
    Promise.all(list.slice(0, SHOWN).map(({ row }) => tile(train, row, [classNames[train.labels[row]]])))
  const rows = await Promise.all(
    drawn.map(async (row, k) => {
      const { highest, lowest } = ends.representer[POINTS + k]
      const other = ends.influence[POINTS + k]
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
