// Values of training examples for test points.

import { logitsOf, oneHot, rowOf } from './datasets.js'
import { collect, openAttribution } from './library.js'

/**
 * A test point asked about the class that the given network predicts, which is its target too.
 *
 * @param {number} [output] another class
 */
export function pointOf({ test, explainer }, row, output = test.predicted[row]) {
  return { features: rowOf(test.features, row), output, target: oneHot(output, explainer.manifest.c) }
}

/** A method by name: representer values of the head fitted to the network, all others of that fitted to labels. */
export function openMethod(runtime, { teacher, labels, train }, name, more = {}) {
  const { problem, theta } = name === 'representer' ? teacher : labels
  return openAttribution(runtime, name, { problem, theta, classes: train.labels, ...more })
}

/** The values of all n training examples for one test point [n]. */
export async function valuesOf(attribution, point, n) {
  const values = new Float64Array(n)
  await collect(
    attribution,
    [point],
    [
      {
        take(row, _, value) {
          values[row] = value
        },
        answer: () => values,
      },
    ],
  )
  return values
}

/** Whether a head Θ decides a test example as its label says. */
export function isRight({ test }, theta, row) {
  const logits = logitsOf(theta, rowOf(test.features, row))
  return logits.indexOf(Math.max(...logits)) === test.labels[row]
}
