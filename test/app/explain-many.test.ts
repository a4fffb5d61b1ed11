import { readFile } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'
import type { Explainer } from '../../src/app/explainer/explainer.ts'
import type { ExplainChoices, Explanation } from '../../src/app/explainer/explanation.ts'
import { openExplainer } from '../../src/app/explainer/open.ts'
import { fit } from '../../src/app/fit/fit.ts'
import { bytesOf } from '../../src/formats/bytes.ts'
import { readNpy } from '../../src/formats/npy.ts'
import { type Matrix, rowOf } from '../../src/math/matrix.ts'
import { normalMatrix } from '../method/problems.ts'
import { writeBundle } from './bundle.ts'

const [N, D] = [2000, 24]

/** What is said of each, but how many examples were read to say it. */
const said = ({ read: _, ...rest }: Explanation) => rest

const alone = (explainer: Explainer, queries: Matrix<Float32Array>, choices: ExplainChoices) =>
  Array.from({ length: queries.rows }, (_, i) =>
    explainer.explain(rowOf(queries, i), choices, { input: `features#${i}` }),
  )

async function all(explanations: AsyncIterable<Explanation>): Promise<Explanation[]> {
  const found: Explanation[] = []
  for await (const explanation of explanations) found.push(explanation)
  return found
}

describe.each(['float32', 'float16'] as const)('many queries of an explainer of %s', dtype => {
  test('are explained as they are alone, from memory and from the disk, however many they are', async () => {
    const { directory: _, ...bundle } = await writeBundle({ n: N, d: D, tests: 5, nonNegative: false })
    await fit({ ...bundle, dtype })
    const queries = normalMatrix(1500, D, 9)
    const explainer = await openExplainer(bundle.out)
    const expected = alone(explainer, queries, { k: 100 })
    const index = Object.entries(explainer.manifest.files)
    const held = index.reduce((sum, [path, { bytes }]) => sum + (/^(train|alpha)/.test(path) ? 0 : bytes), 0)
    for (const memory of [Number.MAX_SAFE_INTEGER, held + 2 ** 22]) {
      const opened = await openExplainer(bundle.out, { memory })
      const answers = await all(opened.explainMany(queries, { k: 100 }))
      expect(answers.map(said)).toEqual(expected.map(said))
      // All of them at once.
      expect(answers.every(({ read }) => read === N)).toBe(true)
      await opened.close()
    }
    const few = Array.from({ length: 20 }, (_, i) => [...rowOf(queries, i)])
    expect(await all(explainer.explainMany(few, { k: 100 }))).toEqual(expected.slice(0, 20))
    await explainer.close()
  })
})

test('many queries take what is known of each, and stored examples what is stored', async () => {
  const { directory: _, ...bundle } = await writeBundle({ n: 60, tests: 7 })
  await fit(bundle)
  const explainer = await openExplainer(bundle.out)
  const stored = await all(explainer.explainAll('test', { output: 'label' }))
  const { data, shape } = await readNpy(bytesOf(await readFile(bundle.testFeatures), bundle.testFeatures))
  const features = { rows: shape[0], cols: shape[1], data: data as Float32Array }
  const given = await readNpy(bytesOf(await readFile(bundle.testLogits), bundle.testLogits))
  const queryOf = (i: number) => ({
    input: stored[i].input,
    label: stored[i].label,
    givenLogits: (given.data as Float32Array).subarray(3 * i, 3 * i + 3),
  })
  expect(await all(explainer.explainMany(features, { output: 'label' }, { queryOf }))).toEqual(stored)
  expect(stored.map(({ input }) => input)).toEqual(Array.from({ length: 7 }, (_, i) => `test/${i}`))
  await explainer.close()
})

test('a query that is refused is named, and none are none', async () => {
  const { directory: _, ...bundle } = await writeBundle({ n: 30, tests: 2 })
  await fit(bundle)
  const explainer = await openExplainer(bundle.out)
  await expect(all(explainer.explainMany([[1, 2, 3, 4, 5, 6], [1]]))).rejects.toThrow(
    'features#1: expected 6 features, got 1',
  )
  await expect(all(explainer.explainMany([], { k: -1 }))).rejects.toThrow(
    'k: -1, expected a whole number, 0 or more',
  )
  expect(await all(explainer.explainMany([]))).toEqual([])
  const signal = AbortSignal.abort()
  await expect(all(explainer.explainMany([[1, 2, 3, 4, 5, 6]], {}, { signal }))).rejects.toThrow(
    signal.reason,
  )
  await explainer.close()
})
