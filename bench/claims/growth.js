// How the time of one explanation grows with the number of training examples.

import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { fit, openExplainer } from '../../dist/index.js'
import { LAMBDA, testFeatures } from '../frame/cifar10.js'
import { K } from '../frame/explanations.js'
import { writeResampled } from '../frame/resampled.js'
import { faster, row } from '../frame/row.js'
import { median, quantile } from '../frame/timing.js'
import { count, seconds } from '../frame/units.js'

const SIZES = [50_000, 500_000, 5_000_000]
const QUICK_SIZES = [2_000, 20_000, 200_000]
const ROUNDS = 3

export async function measure(setting) {
  const points = await testFeatures(setting)
  const rows = []
  const medians = []
  const sizes = setting.quick ? QUICK_SIZES : SIZES
  for (const n of sizes) {
    setting.say(`n = ${count(n)}`)
    const { taken, read, fitSeconds } = await explainAt(n, points, setting)
    medians.push(median(taken))
    rows.push(
      faster(`one explanation, n = ${count(n)}, median`, medians.at(-1), null, {
        notes: [
          `${seconds(quantile(taken, 0.99))} at the 99th percentile, reads ${read} rows at the median; ` +
            `the fit took ${seconds(fitSeconds)}`,
        ],
      }),
    )
  }
  const exponent = slope(sizes.map(Math.log), medians.map(Math.log))
  const stretches = sizes.slice(1).map((n, k) => {
    const [from, to] = [k, k + 1].map(at => [sizes[at], medians[at]])
    const p = slope([from[0], to[0]].map(Math.log), [from[1], to[1]].map(Math.log))
    return `p = ${p.toFixed(2)} from ${count(sizes[k])} to ${count(n)}`
  })
  const power = row({
    what: 'p of time ~ nᵖ',
    unit: 'exponent',
    ours: exponent,
    peer: { name: 'a scan', value: 1 },
    ratio: null,
    checks: [{ what: `p = ${exponent.toFixed(2)}, below 1`, reached: exponent < 1 }],
    notes: [stretches.join(', ')],
  })
  return [...rows, power]
}

/** Seconds of each of several explanations over n training examples. */
async function explainAt(n, points, setting) {
  const files = await writeResampled(setting.directory, n, setting)
  const out = join(setting.directory, 'explainer')
  const begin = performance.now()
  await fit({ ...files, lambda: LAMBDA, out })
  const fitSeconds = (performance.now() - begin) / 1000
  const explainer = await openExplainer(out)
  const explain = features => explainer.explain(features, { k: K })
  const read = median(points.map(features => explain(features).read))
  const taken = []
  for (let round = 0; round < ROUNDS; round++) {
    for (const features of points) {
      const start = performance.now()
      explain(features)
      taken.push((performance.now() - start) / 1000)
    }
  }
  await explainer.close()
  for (const path of [out, files.features, files.logits]) rmSync(path, { recursive: true })
  return { taken, read, fitSeconds }
}

/** Of the straight line that fits best. */
function slope(xs, ys) {
  const mean = values => values.reduce((sum, x) => sum + x, 0) / values.length
  const [x0, y0] = [mean(xs), mean(ys)]
  const products = xs.reduce((sum, x, k) => sum + (x - x0) * (ys[k] - y0), 0)
  return products / xs.reduce((sum, x) => sum + (x - x0) ** 2, 0)
}
