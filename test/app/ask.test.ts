import { expect, test } from 'vitest'
import { ask } from '../../src/app/explain/ask.ts'
import { openExplainer } from '../../src/app/explainer/open.ts'
import { fit } from '../../src/app/fit/fit.ts'
import { writeBundle } from './bundle.ts'

async function opened(size = {}, options = {}) {
  const bundle = await writeBundle({ n: 120, ...size })
  await fit({ ...bundle, ...options })
  return openExplainer(bundle.out)
}

const SIDES = ['excitatory', 'inhibitory'] as const

test.each([
  ['an output', { output: 2 }],
  ['a contrast', { contrast: [0, 1] as const }],
])(
  'the values of every class add up to its sum, for %s, signs of similarities or not',
  async (_, choices) => {
    for (const nonNegative of [true, false]) {
      const explainer = await opened({ nonNegative })
      const example = { split: 'test' as const, row: 7 }
      const { explanation: whole } = await ask(explainer, { example, ...choices, k: 120 })
      const seen: { excitatory: number[]; inhibitory: number[] } = { excitatory: [], inhibitory: [] }
      for (const { class: y, value } of whole.byClass) {
        const { explanation } = await ask(explainer, { example, ...choices, k: 120, within: y })
        const entries = [...explanation.excitatory, ...explanation.inhibitory]
        expect(entries.reduce((sum, entry) => sum + entry.value, 0)).toBeCloseTo(value, 5)
        expect(explanation.covered).toBeCloseTo(1, 3)
        for (const { label } of entries) expect(label).toBe(y)
        for (const side of SIDES) seen[side].push(...explanation[side].map(({ row }) => row))
        // Everything else is of the whole.
        const { excitatory: _e, inhibitory: _i, covered: _c, read: _r, ...rest } = explanation
        expect(whole).toMatchObject(rest)
      }
      for (const side of SIDES) {
        const all = whole[side].map(({ row }) => row)
        expect(seen[side].sort((a, b) => a - b)).toEqual(all.sort((a, b) => a - b))
      }
      await explainer.close()
    }
  },
)

test('of a class the k most excitatory and inhibitory are the first of all of them', async () => {
  const explainer = await opened()
  const question = { example: { split: 'train' as const, row: 3 }, output: 1, within: 0 }
  const { explanation: all } = await ask(explainer, { ...question, k: 120 })
  const { explanation: few } = await ask(explainer, { ...question, k: 4 })
  expect(few.excitatory).toEqual(all.excitatory.slice(0, 4))
  expect(few.inhibitory).toEqual(all.inhibitory.slice(0, 4))
  for (const entries of [all.excitatory, all.inhibitory]) {
    const sizes = entries.map(({ value }) => Math.abs(value))
    expect(sizes).toEqual(sizes.toSorted((a, b) => b - a))
  }
})

test('the same features are answered the same, stored or sent along', async () => {
  const explainer = await opened()
  const { features, query } = await explainer.stored('test', 5)
  const stored = await ask(explainer, { example: { split: 'test', row: 5 }, k: 3 })
  const sent = await ask(explainer, {
    features: Array.from(features),
    logits: Array.from(query.givenLogits ?? []),
    k: 3,
  })
  expect(sent.logits).toEqual(stored.logits)
  expect(sent.probabilities).toEqual(stored.probabilities)
  expect(sent.explanation.excitatory).toEqual(stored.explanation.excitatory)
  // The given head is known, so that it gives the logits where nobody sends them along.
  const { logits } = await ask(explainer, { features: Array.from(features) })
  for (const [j, logit] of logits.entries()) expect(logit).toBeCloseTo(stored.logits[j], 4)
})

test('probabilities are those of the logits, and add up to one', async () => {
  const explainer = await opened()
  const { logits, probabilities } = await ask(explainer, { example: { split: 'test', row: 1 } })
  expect(probabilities?.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 12)
  const ratio = (probabilities?.[0] ?? 0) / (probabilities?.[1] ?? 1)
  expect(Math.log(ratio)).toBeCloseTo(logits[0] - logits[1], 9)
})

test('a question is about one thing', async () => {
  const explainer = await opened()
  const features = Array.from((await explainer.stored('test', 1)).features)
  const example = { split: 'test' as const, row: 1 }
  for (const question of [{}, { features, example }]) {
    await expect(ask(explainer, question)).rejects.toThrow(
      'expected an example or features, give one of them',
    )
  }
  await expect(ask(explainer, { example, logits: [1, 2, 3] })).rejects.toThrow('leave them out')
  await expect(ask(explainer, { features, within: 3 })).rejects.toThrow('class not found: 3')
})
