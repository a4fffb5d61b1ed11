import { join } from 'node:path'
import { expect, test } from 'vitest'
import { evaluate } from '../../src/app/evaluate/evaluate.ts'
import type { EvaluatePlan } from '../../src/app/evaluate/options.ts'
import { fit } from '../../src/app/fit/fit.ts'
import { readFileBytes } from '../../src/formats/files.node.ts'
import { readNpy } from '../../src/formats/npy.ts'
import { averagePrecision, rocAuc } from '../../src/method/metrics/detection.ts'
import { plantLabelNoise } from '../../src/method/scores/label-noise.ts'
import { type BundleSize, writeBundle } from './bundle.ts'

test('alpha-teacher holds changed labels against the fit to the given model, which saw none of them', async () => {
  const bundle = await writeBundle({ n: 150 })
  const c = 3
  await fit({ ...bundle, lambda: 0.01 })
  const { mislabels } = await evaluate({
    directory: bundle.out,
    steps: 0,
    noise: 0.2,
    seed: 3,
    scores: ['alpha-teacher'],
  })
  const numbers = async (file: string) => Array.from((await readNpy(await readFileBytes(file))).data, Number)
  const [alpha, labels] = [await numbers(join(bundle.out, 'alpha.npy')), await numbers(bundle.labels)]
  const noisy = plantLabelNoise(Int32Array.from(labels), c, { share: 0.2, kind: 'symmetric', seed: 3 })
  const suspicion = Float64Array.from(noisy.labels, (y, i) => Math.abs(alpha[i * c + y]))
  const { rocAuc: area, averagePrecision: precision } = mislabels?.scores['alpha-teacher'] ?? {}
  expect(area).toBeCloseTo(rocAuc(suspicion, noisy.isWrong), 3)
  expect(precision).toBeCloseTo(averagePrecision(suspicion, noisy.isWrong), 3)
})

/** An explainer of so large a head, which is hardly fitted. */
async function hardlyFitted(size: BundleSize): Promise<string> {
  const { features, labels, out } = await writeBundle({ tests: 1, ...size })
  await fit({ features, labels, out, activation: 'softmax', maxIterations: 1 })
  return out
}

const OF_LEVERAGES = ['leave-one-out', 'cooks-distance', 'self-influence'] as const

test('scores that take minutes are made only where they are named', async () => {
  // Just below what is factored, and over what is made unasked.
  const directory = await hardlyFitted({ n: 3100, d: 114, c: 100 })
  const planned = async (scores?: readonly string[]): Promise<readonly string[]> => {
    let plan: EvaluatePlan | undefined
    const stopped = evaluate({
      directory,
      ...(scores && { scores }),
      onPlan: told => {
        plan = told
        throw new Error('that is all')
      },
    })
    await expect(stopped).rejects.toThrow('that is all')
    return plan?.scores ?? []
  }
  const unasked = await planned()
  expect(unasked).toContain('neighbour-head')
  for (const score of OF_LEVERAGES) expect(unasked).not.toContain(score)
  expect(await planned(OF_LEVERAGES)).toEqual(OF_LEVERAGES)
})

test('scores that need a Hessian which is too large are refused where they are named', async () => {
  const directory = await hardlyFitted({ n: 110, d: 120, c: 100 })
  for (const score of OF_LEVERAGES) {
    await expect(evaluate({ directory, scores: [score] })).rejects.toThrow(
      /^[a-z-]+: the Hessian of the head has 7\d million numbers, expected 67 million at most.*, leave it out of --scores$/,
    )
  }
})
