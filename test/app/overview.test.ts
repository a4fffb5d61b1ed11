import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { columns } from '../../src/app/browse/columns.ts'
import { overview } from '../../src/app/browse/overview.ts'
import { openExplainer } from '../../src/app/explainer/open.ts'
import { fit } from '../../src/app/fit/fit.ts'
import { suspects } from '../../src/app/suspects/suspects.ts'
import { bytesOf } from '../../src/formats/bytes.ts'
import { readNpy } from '../../src/formats/npy.ts'
import { writeBundle } from './bundle.ts'

test('every α is counted in the bin where it lies', async () => {
  const bundle = await writeBundle()
  await fit(bundle)
  const { alpha } = await overview(await openExplainer(bundle.out))
  const path = join(bundle.out, 'alpha.npy')
  const values = Array.from(
    (await readNpy(bytesOf(await readFile(path), path))).data as Float32Array,
    Math.abs,
  )
  expect(alpha.edges).toHaveLength(alpha.counts.length + 1)
  expect(alpha.zero).toBe(values.filter(value => value === 0).length)
  for (const [bin, count] of alpha.counts.entries()) {
    const [low, high] = [alpha.edges[bin], alpha.edges[bin + 1]]
    expect(count).toBe(values.filter(value => value >= low && value < high).length)
  }
})

test('points of fidelity are logits of the given model beside those of the fitted head', async () => {
  const bundle = await writeBundle({ n: 90, tests: 20 })
  await fit(bundle)
  const explainer = await openExplainer(bundle.out)
  const { fidelity } = await overview(explainer)
  expect(fidelity?.points).toHaveLength(fidelity?.sampled ?? 0)
  expect(fidelity?.of).toBe(110 * 3)
  expect(new Set(fidelity?.points.map(({ output }) => output))).toEqual(new Set([0, 1, 2]))
  for (const { split, row, output, given, fitted } of fidelity?.points ?? []) {
    const explained = await explainer.explainStored(split, row, { output, k: 0 })
    expect(explained.logit).toBeCloseTo(fitted, 6)
    expect(explained.givenLogit).toBeCloseTo(given, 6)
  }
})

test('without a given model there is no fidelity to show', async () => {
  const { logits: _, testLogits: __, headWeight: ___, headBias: ____, ...bundle } = await writeBundle()
  await fit(bundle)
  expect((await overview(await openExplainer(bundle.out))).fidelity).toBe(null)
})

test('convergence ends below the gap that was asked for', async () => {
  const bundle = await writeBundle()
  await fit({ ...bundle, gap: 1e-5 })
  const { convergence } = await overview(await openExplainer(bundle.out))
  expect(convergence.length).toBeGreaterThan(1)
  expect(convergence.at(-1)?.gap).toBeLessThanOrEqual(1e-5)
  for (const [k, { evaluations }] of convergence.entries()) {
    expect(evaluations).toBeGreaterThan(k === 0 ? 0 : convergence[k - 1].evaluations)
  }
})

test('columns hold a value for each example, and suspicion as suspects has it', async () => {
  const bundle = await writeBundle()
  await fit(bundle)
  const explainer = await openExplainer(bundle.out)
  const train = await columns(explainer, 'train')
  expect(train.rows).toEqual(Array.from({ length: 200 }, (_, row) => row))
  const ranked = await suspects({ directory: bundle.out })
  for (const { row, id, label, predicted, suspicion } of ranked.suspects) {
    expect(train.ids[row]).toBe(id)
    expect(train.labels?.[row]).toBe(label)
    expect(train.predicted[row]).toBe(predicted)
    expect(train.suspicion?.[row]).toBe(suspicion)
  }
  expect((await columns(explainer, 'test')).suspicion).toBe(null)
})

test('columns of a sample are those of its rows', async () => {
  const bundle = await writeBundle()
  await fit(bundle)
  const explainer = await openExplainer(bundle.out)
  const whole = await columns(explainer, 'train')
  const sample = await columns(explainer, 'train', 50)
  expect([sample.of, sample.rows.length]).toEqual([200, 50])
  for (const [k, row] of sample.rows.entries()) {
    expect(sample.ids[k]).toBe(whole.ids[row])
    expect(sample.suspicion?.[k]).toBe(whole.suspicion?.[row])
  }
})
