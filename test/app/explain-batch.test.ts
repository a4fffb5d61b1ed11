import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { type ExplainOptions, explain } from '../../src/app/explain/explain.ts'
import type { ExplainChoices, Explanation } from '../../src/app/explainer/explanation.ts'
import { openExplainer } from '../../src/app/explainer/open.ts'
import { fit } from '../../src/app/fit/fit.ts'
import { bytesOf } from '../../src/formats/bytes.ts'
import { readParquet } from '../../src/formats/parquet.ts'
import { writeBundle } from './bundle.ts'

const TESTS = 25

async function fittedBundle() {
  const { directory, ...bundle } = await writeBundle({ n: 60, tests: TESTS })
  await fit(bundle)
  return { ...bundle, directory }
}

/** What `explain` says of each test example, one at a time. */
async function oneByOne(directory: string, choices: ExplainChoices): Promise<Explanation[]> {
  const explainer = await openExplainer(directory)
  return Promise.all(Array.from({ length: TESTS }, (_, row) => explainer.explainStored('test', row, choices)))
}

test.each<ExplainChoices>([{}, { output: 'label', k: 3 }, { contrast: [0, 2], k: 1 }, { k: 0 }])(
  'JSON lines of all test examples are what each is explained by: %j',
  async choices => {
    const { out, directory } = await fittedBundle()
    const outputFile = join(directory, 'why.jsonl')
    const answer = await explain({ directory: out, allTest: true, outputFile, ...choices })
    expect(answer).toEqual({
      schemaVersion: 1,
      explainer: out,
      task: 'classification',
      status: 'converged',
      classes: null,
      outputs: null,
      explanations: [],
      page: null,
      written: { file: outputFile, count: TESTS },
    })
    const lines = (await readFile(outputFile, 'utf8')).split('\n')
    expect(lines.pop()).toBe('')
    expect(lines.map(line => JSON.parse(line))).toEqual(await oneByOne(out, choices))
  },
)

test.each<ExplainChoices>([{ k: 4 }, { contrast: [1, 0], k: 60 }, { k: 0 }])(
  'a Parquet file has a row for every shown training example: %j',
  async choices => {
    const { out, directory } = await fittedBundle()
    const outputFile = join(directory, 'why.parquet')
    await explain({ directory: out, allTest: true, outputFile, ...choices })
    const columns = await readParquet(bytesOf(await readFile(outputFile), outputFile))
    const explanations = await oneByOne(out, choices)
    const expected = explanations.flatMap((explanation, row) =>
      (['excitatory', 'inhibitory'] as const).flatMap(kind =>
        explanation[kind].map((entry, at) => ({
          input: `test/${row}`,
          test_row: row,
          output: explanation.output,
          contrast: explanation.contrast,
          logit: explanation.logit,
          bias: explanation.bias,
          label_value: explanation.labelValue,
          covered: explanation.covered,
          completeness_gap: explanation.completenessGap,
          kind,
          rank: at + 1,
          train_row: entry.row,
          train_id: entry.id,
          label: entry.label,
          predicted: entry.predicted,
          value: entry.value,
          alpha: entry.alpha,
          similarity: entry.similarity,
        })),
      ),
    )
    expect(columns.input).toHaveLength(expected.length)
    const names = Object.keys(columns)
    expect(names).toEqual(
      'input test_row output contrast logit bias label_value covered completeness_gap kind rank train_row train_id label predicted value alpha similarity'.split(
        ' ',
      ),
    )
    const rows = columns.input.map((_, at) =>
      Object.fromEntries(names.map(name => [name, columns[name][at]])),
    )
    expect(rows).toEqual(expected)
  },
)

test('a file that is there is kept unless told otherwise, and nothing is left of what failed', async () => {
  const { out, directory } = await fittedBundle()
  const outputFile = join(directory, 'why.jsonl')
  await writeFile(outputFile, 'mine')
  const before = await readdir(directory)
  const all = { directory: out, allTest: true, outputFile }
  await expect(explain(all)).rejects.toThrow(
    `${outputFile}: a file already, add --force to replace it or choose another name`,
  )
  await expect(explain({ ...all, force: true, output: 'cow' })).rejects.toThrow(
    'output not found: cow, expected one of 0 to 2',
  )
  const signal = AbortSignal.abort()
  await expect(explain({ ...all, force: true, signal })).rejects.toThrow(signal.reason)
  expect(await readdir(directory)).toEqual(before)
  expect(await readFile(outputFile, 'utf8')).toBe('mine')
  await explain({ ...all, force: true })
  expect(await readdir(directory)).toEqual(before)
  expect(await readFile(outputFile, 'utf8')).toMatch(/^\{"input":"test\/0"/)
})

test('progress ends when every test example is explained', async () => {
  const { out, directory } = await fittedBundle()
  const steps: { done: number; total: number }[] = []
  const outputFile = join(directory, 'why.jsonl')
  await explain({ directory: out, allTest: true, outputFile, onProgress: step => steps.push(step) })
  expect(steps[0]).toEqual({ done: 0, total: TESTS })
  expect(steps.at(-1)).toEqual({ done: TESTS, total: TESTS })
})

test.each<[Partial<ExplainOptions>, string]>([
  [{}, 'nothing to explain: expected test/12, train/12, a picture, F.npy#12, or --all-test'],
  [{ inputs: ['test/1'], outputFile: 'x.jsonl' }, '--output-file: expected with --all-test'],
  [{ allTest: true }, '--all-test: expected with --output-file OUT.jsonl or OUT.parquet'],
  [
    { allTest: true, inputs: ['test/1'], outputFile: 'x.jsonl' },
    '--all-test beside test/1: expected one or the other',
  ],
  [
    { allTest: true, outputFile: 'x.jsonl', html: 'x.html' },
    '--all-test with --html: expected that with an input',
  ],
  [{ allTest: true, outputFile: 'x.jsonl', raw: true }, '--all-test with --raw: expected that with an input'],
  [{ allTest: true, outputFile: 'x.csv' }, 'x.csv: expected a name that ends in .jsonl or .parquet'],
])('explain(%j) is wrong usage, before anything is read', async (options, message) => {
  await expect(explain({ directory: 'no-such-explainer', ...options })).rejects.toMatchObject({
    code: 'usage',
    message,
  })
})

test('without test examples there is nothing to write', async () => {
  const bundle = await writeBundle({ n: 30 })
  const { out, features, labels } = bundle
  await fit({ out, features, labels })
  const outputFile = join(bundle.directory, 'why.jsonl')
  await expect(explain({ directory: out, allTest: true, outputFile })).rejects.toThrow(
    `${out}: no test examples stored, run fit again with --test or --test-features`,
  )
  expect(await readdir(bundle.directory)).not.toContain('why.jsonl')
})
