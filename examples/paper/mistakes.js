// Figure 5: the training examples behind a whole class of mistakes.

import { mistakes } from '../../dist/index.js'
import { dataUrl, gallery } from './gallery.js'
import { count, percent, randomRows } from './library.js'
import { table } from './page.js'
import { mean } from './statistics.js'

const K = 10
/** Cells of the confusion matrix, the largest first. */
const CELLS = 3
const SHOWN = 4
const SEED = 1
/** A share that is called most. */
const MOST = 0.5
/** Test examples of the true class that are predicted right, beside the mistakes. */
const RIGHT = 200

export async function run({ dataset }) {
  const { name, directory, classNames, explainer } = dataset
  const { cells } = await mistakes({ directory, k: K })
  const told = []
  for (const { label, predicted } of cells.slice(0, CELLS)) {
    told.push((await mistakes({ directory, k: K, cell: [label, predicted] })).cell)
  }
  const [first] = told
  const nameOf = ({ label, predicted }) => `${classNames[label]} taken for ${classNames[predicted]}`
  const rows = []
  for (const cell of told) {
    rows.push([
      nameOf(cell),
      count(cell.count),
      sharesOf(cell.inhibitory),
      ofClass(cell.inhibitory, cell.predicted),
      percent(await shareAmongRight(dataset, cell), 0),
      sharesOf(cell.excitatory),
      ofClass(cell.excitatory, cell.predicted),
    ])
  }
  const always = first.inhibitory.filter(({ share }) => share === 1).length
  return {
    parts: [
      `${name}, the ${CELLS} most frequent mistakes on test examples. Among the ${K} most inhibitory training examples for the true class, and the ${K} most excitatory for the wrong one, those that stand there for most of these test examples, and for what share of them:`,
      table(
        [
          'mistake',
          'test examples',
          `the ${SHOWN} most often inhibitory`,
          'labelled with the wrong class',
          'there for test examples predicted right too',
          `the ${SHOWN} most often excitatory`,
          'labelled with the wrong class',
        ],
        rows,
      ),
      words(first, always, nameOf(first), explainer.manifest.n, await shareAmongRight(dataset, first)),
      await pictures(dataset, first, nameOf(first)),
    ],
  }

  function ofClass(examples, label) {
    return `${examples.slice(0, SHOWN).filter(example => example.label === label).length} of ${SHOWN}`
  }
}

const sharesOf = examples =>
  examples
    .slice(0, SHOWN)
    .map(({ share }) => percent(share, 0))
    .join(', ')

/**
 * For what share of test examples of the true class that are predicted right the same training examples stand among
 * the most inhibitory for it, mean over these training examples.
 */
async function shareAmongRight({ explainer, test }, { label, inhibitory }) {
  const all = [...test.labels.keys()].filter(
    row => test.labels[row] === label && test.predicted[row] === label,
  )
  const frequent = inhibitory.slice(0, SHOWN).map(({ row }) => row)
  const shares = []
  for (const k of randomRows(all.length, RIGHT, SEED)) {
    const found = await explainer.explainStored('test', all[k], { output: label, k: K })
    const rows = new Set(found.inhibitory.map(({ row }) => row))
    shares.push(mean(frequent.map(row => Number(rows.has(row)))))
  }
  return mean(shares)
}

function words({ inhibitory, count: of }, always, mistake, n, amongRight) {
  const here =
    always === 0
      ? `Here none stands there for all ${count(of)} of “${mistake}”, out of ${count(n)}; the four that do most often stand there for ${sharesOf(inhibitory)}.`
      : `Here ${always} of ${count(n)} stand there for all ${count(of)} of “${mistake}”.`
  const verdict =
    inhibitory[SHOWN - 1].share >= MOST
      ? 'Agrees: a few training examples stand behind most of a class of mistakes.'
      : 'Does not agree: no four training examples stand behind most of this class of mistakes.'
  return `In the paper four training images stand among the most inhibitory for all 12 antelopes that are taken for deer. ${here} ${verdict} What the paper does not say: the same four stand there for ${percent(amongRight, 0)} of the test examples of that class that are predicted right, so they speak ${amongRight >= MOST ? 'against the class as such rather than for the mistake' : 'for the mistake rather than against the class as such'}.`
}

async function pictures({ name, train, test, classNames }, { examples, inhibitory, excitatory }, mistake) {
  const some = [...randomRows(examples.length, SHOWN, SEED)].map(k => examples[k].row)
  const tile = async (split, row, words) => ({ src: dataUrl(await split.picture(row)), words })
  const training = list =>
    Promise.all(
      list
        .slice(0, SHOWN)
        .map(({ row, share, label }) => tile(train, row, [classNames[label], percent(share, 0)])),
    )
  return gallery({
    title: `${name}, ${mistake}`,
    words: `Some of the test pictures of ${mistake}, and the training pictures that stand most often among the most inhibitory for the true class and the most excitatory for the wrong one, with their labels and for what share of the test pictures they do.`,
    rows: [
      {
        name: 'test pictures',
        tiles: await Promise.all(
          some.map(row => tile(test, row, [classNames[test.labels[row]], `test/${row}`])),
        ),
      },
      { name: 'inhibitory', tiles: await training(inhibitory) },
      { name: 'excitatory', tiles: await training(excitatory) },
    ],
  })
}
