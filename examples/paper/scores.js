// Figure 9: for one test point, what each score says of each training example.

import { count, fixed, openAttribution, pearson, randomRows, scatterChart, spearman } from './library.js'
import { table } from './page.js'
import { mean, median, withDeviation } from './statistics.js'
import { openMethod, pointOf, valuesOf } from './values.js'

const SEED = 1
/** Test points that the correlations are told of; the first is drawn. */
const POINTS = 50
/** Training examples that are drawn, and of each score the largest by size beside them. */
const DRAWN = 1200
const LARGEST = 40

const SCORES = {
  distance: 'similarity-euclidean',
  influence: 'influence-loss',
  representer: 'representer',
  /** Of the fit that influence is of */
  ofLabels: 'representer',
}

const PAIRS = [
  ['distance', 'influence'],
  ['distance', 'representer'],
  ['influence', 'representer'],
  ['influence', 'ofLabels'],
]

export async function run({ dataset, runtime, say }) {
  const { name, train, test, explainer } = dataset
  const { n } = explainer.manifest
  const rows = randomRows(test.labels.length, POINTS, SEED)
  const found = Array.from(rows, () => ({}))
  for (const [score, method] of Object.entries(SCORES)) {
    say(score)
    const attribution =
      score === 'ofLabels'
        ? await openAttribution(runtime, 'representer', dataset.labels)
        : await openMethod(runtime, dataset, method)
    for (const [t, row] of rows.entries()) {
      const values = await valuesOf(attribution, pointOf(dataset, row), n)
      found[t][score] = score === 'distance' ? values.map(x => -x) : values
    }
    await attribution.release()
  }
  const correlation = (of, [a, b]) => found.map(values => of(values[a], values[b]))
  const bySize = ([a, b]) => found.map(values => spearman(sizes(values[a]), sizes(values[b])))
  const lines = PAIRS.map(pair => [
    pair.map(score => NAMES[score]).join(' and '),
    withDeviation(correlation(pearson, pair), 3),
    withDeviation(correlation(spearman, pair), 3),
    withDeviation(bySize(pair), 3),
  ])
  const drawn = rows[0]
  const own = Array.from(train.labels, y => y === test.predicted[drawn])
  const signs = ['representer', 'ofLabels'].map(score =>
    mean(found.map(values => signAgreement(values.influence, values[score]))),
  )
  return {
    parts: [
      `${name}, ${count(n)} training examples, mean and standard deviation over ${POINTS} test examples drawn at random, each about the class that is predicted:`,
      table(['scores', 'Pearson', 'Spearman', 'Spearman of sizes'], lines),
      words(found, signs),
      reading(found, own),
      ...PAIRS.slice(0, 2).map(pair => chartOf(dataset, drawn, found[0], own, pair)),
      chartOf(dataset, drawn, found[0], own, PAIRS[2]),
    ],
  }
}

const sizes = values => values.map(Math.abs)

/** Rows of the largest values by size. */
function largest(values) {
  const order = [...values.keys()].sort((a, b) => Math.abs(values[b]) - Math.abs(values[a]) || a - b)
  return order.slice(0, LARGEST)
}

/** Of the largest values by size, the share that influence has the same sign of. */
function signAgreement(influence, values) {
  return mean(largest(values).map(row => Number(Math.sign(influence[row]) === Math.sign(values[row]))))
}

function words(found, [ofOutputs, ofLabels]) {
  const sizesAgree = mean(found.map(({ influence, ofLabels }) => spearman(sizes(influence), sizes(ofLabels))))
  return `The paper has a drawing for one test example and no numbers. Of the ${LARGEST} training examples with the largest representer values by size, influence has the same sign for ${fixed(100 * ofOutputs, 0)} %, and for ${fixed(100 * ofLabels, 0)} % where both are of the fit to the labels. Both are products of what is left of a training example's loss and of its similarity to the test point, influence with the Hessian in between: their sizes ${sizesAgree > 0.5 ? 'go together' : 'go together little'}, and a distance knows neither labels nor signs.`
}

/** What the drawing shows of the training examples nearest to the test example. */
function reading([{ distance, representer, influence }], own) {
  const near = largestOf(distance.map(x => -x))
  const share = values => {
    const middle = median(sizes(values))
    return mean(near.map(row => Number(Math.abs(values[row]) > middle)))
  }
  const isOwn = mean(near.map(row => Number(own[row])))
  return `Of the ${LARGEST} training examples nearest to the one drawn below, ${fixed(100 * isOwn, 0)} % are of the predicted class, ${fixed(100 * share(representer), 0)} % have a larger representer value by size than most, and ${fixed(100 * share(influence), 0)} % a larger influence.`
}

const largestOf = values => [...values.keys()].sort((a, b) => values[b] - values[a]).slice(0, LARGEST)

function chartOf({ name, explainer }, drawn, values, own, [x, y]) {
  const rows = new Set(randomRows(own.length, DRAWN, SEED))
  for (const score of [x, y]) for (const row of largest(values[score])) rows.add(row)
  const id = `test/${drawn}`
  // A loss is a mean over n: times n it is of the size of a loss.
  const drawnAs = (score, row) => values[score][row] * (score === 'influence' ? own.length : 1)
  const axisOf = score => `${NAMES[score]}${score === 'influence' ? ' × n' : ''}`
  return scatterChart({
    title: `${name}, ${NAMES[x]} against ${NAMES[y]}`,
    words: `${NAMES[y]} against ${NAMES[x]} of ${count(rows.size)} of ${count(explainer.manifest.n)} training examples for ${id}, with the largest of both by size among them.`,
    xName: axisOf(x),
    yName: axisOf(y),
    kinds: ['other classes', 'the predicted class'],
    points: [...rows].map(row => ({ x: drawnAs(x, row), y: drawnAs(y, row), kind: Number(own[row]) })),
  })
}

const NAMES = {
  distance: 'euclidean distance',
  influence: 'influence on the loss',
  representer: 'representer value',
  ofLabels: 'representer value of the fit to the labels',
}
