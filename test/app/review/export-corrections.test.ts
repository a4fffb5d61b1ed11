import { spawnSync } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { openExplainer } from '../../../src/app/explainer/open.ts'
import { suspectsOf } from '../../../src/app/explainer/suspect.ts'
import { fit } from '../../../src/app/fit/fit.ts'
import type { FitOptions } from '../../../src/app/fit/options.ts'
import { relabel } from '../../../src/app/relabel/relabel.ts'
import { correctionsTable } from '../../../src/app/review/corrections-table.ts'
import { CORRECTION_FORMATS, exportCorrections } from '../../../src/app/review/export-corrections.ts'
import { pandasLines } from '../../../src/app/review/pandas-lines.ts'
import { ReviewLog } from '../../../src/app/review/review-log.ts'
import { readFileBytes } from '../../../src/formats/files.node.ts'
import { readNpy } from '../../../src/formats/npy.ts'
import { saveArray, writeBundle } from '../bundle.ts'

/** Names that a careless reader takes for something else. */
const CLASSES = ['NA', '007', 'red, "dark"\nred']

async function reviewed(change: (directory: string) => Promise<Partial<FitOptions>> = async () => ({})) {
  const { directory, ...bundle } = await writeBundle({ n: 60, tests: 10 })
  const { features, labels, out } = bundle
  await fit({ features, labels, out, ...(await change(directory)) })
  const explainer = await openExplainer(out)
  onTestFinished(() => explainer.close())
  return { directory, bundle, out, explainer, log: await ReviewLog.open(out, explainer) }
}

const named = async (directory: string): Promise<Partial<FitOptions>> => {
  const classes = join(directory, 'classes.json')
  await writeFile(classes, JSON.stringify(CLASSES))
  const ids = join(directory, 'ids.json')
  await writeFile(
    ids,
    JSON.stringify(Array.from({ length: 60 }, (_, row) => (row < 10 ? `00${row}` : `a,"${row}`))),
  )
  return { classes, ids }
}

const multiLabel = async (directory: string): Promise<Partial<FitOptions>> => {
  const data = Float32Array.from({ length: 120 }, (_, k) => Number((k * 7) % 3 === 0))
  const classes = join(directory, 'outputs.txt')
  await writeFile(classes, 'cat\ndog\n')
  const labels = await saveArray(directory, 'values', { dtype: 'float32', shape: [60, 2], data })
  return { labels, classes, activation: 'sigmoid' }
}

/** Relabels, excludes, keeps and marks a few. */
async function decideSome({ explainer, log }: Awaited<ReturnType<typeof reviewed>>, output?: number) {
  const labelAt = (row: number) =>
    output === undefined ? (explainer.examples.labels?.[row] ?? 0) : (explainer.labelValue(row, output) ?? 0)
  const other = (row: number) => (output === undefined ? (labelAt(row) + 1) % 3 : 1 - labelAt(row))
  const about = (row: number) => ({ row, ...(output !== undefined && { output }) })
  for (const row of [2, 11, 30])
    await log.decide({ ...about(row), action: 'relabel', newLabel: other(row), note: 'a, "b"\nc' })
  for (const row of [5, 40]) await log.decide({ ...about(row), action: 'exclude', reviewer: 'Ada' })
  await log.decide({ ...about(7), action: 'keep' })
  return log.decide({ ...about(8), action: 'review' })
}

test.each([
  ['classes by their indices', undefined, undefined],
  ['classes and ids with names', named, undefined],
  ['outputs with labels of their own', multiLabel, 1],
] as const)(
  'what is exported of %s is carried out as the review is, from every format',
  async (_, change, output) => {
    const made = await reviewed(change)
    const review = await decideSome(made, output)
    const { out, directory, explainer } = made
    const fromReview = await relabel({ directory: out, out: join(directory, 'review') })
    expect(fromReview).toMatchObject({ relabelled: 3, excluded: 2, kept: 1, review: 1 })
    const files = async (out: string) => (await openExplainer(out)).manifest.files
    for (const format of CORRECTION_FORMATS) {
      const file = join(directory, `corrections.${format}`)
      await writeFile(file, await exportCorrections(explainer, review, { format }))
      const answer = await relabel({ directory: out, corrections: file, out: join(directory, format) })
      expect(answer).toMatchObject({ relabelled: 3, excluded: 2, kept: 1, review: 1 })
      expect(await files(answer.out), format).toEqual(await files(fromReview.out))
    }
  },
)

test('rows say what is suspected and why, high as worse and as Datalab has it', async () => {
  const made = await reviewed()
  const review = await decideSome(made)
  const { explainer } = made
  const suspects = await suspectsOf(explainer)
  const table = await correctionsTable(explainer, review)
  expect(table.map(({ id, action }) => [id, action])).toEqual([
    ['train/2', 'relabel'],
    ['train/5', 'exclude'],
    ['train/7', 'keep'],
    ['train/8', 'review'],
    ['train/11', 'relabel'],
    ['train/30', 'relabel'],
    ['train/40', 'exclude'],
  ])
  for (const row of table) {
    const suspect = suspects.find(({ id }) => id === row.id)
    const { rank, suspicion, label, suggested, predicted } = suspect ?? {}
    expect(row).toMatchObject({
      rank,
      suspicion,
      given_label: label,
      suggested_label: suggested,
      predicted_label: predicted,
    })
  }
  expect(table.map(({ is_label_issue }) => is_label_issue).filter((_, at) => at !== 3)).toEqual([
    true,
    true,
    false,
    true,
    true,
    true,
  ])
})

const everyRow = Array.from({ length: 60 }, (_, row) => row)

test('the label score of a class is low where another is suggested', async () => {
  const { explainer, log } = await reviewed()
  const table = await correctionsTable(explainer, await log.review(), everyRow)
  for (const { label_score, suspicion, given_label, suggested_label } of table) {
    expect(label_score).toBe(1 - (suspicion as number))
    expect(label_score).toBeGreaterThanOrEqual(0)
    expect((label_score as number) < 0.5).toBe(given_label !== suggested_label)
  }
})

test('that of an output’s own label is the probability that the fit with labels gives it', async () => {
  const { explainer, out, log } = await reviewed(multiLabel)
  const table = await correctionsTable(explainer, await log.review(), everyRow)
  const { data } = await readNpy(await readFileBytes(join(out, 'fits/labels/alpha.npy')))
  for (const [row, { label_score, suspicion, given_label, output }] of table.entries()) {
    const at = output === 'cat' ? 0 : 1
    const { fitted } = await explainer.storedLogits('train', row)
    // The explained fit is the one with labels here.
    const yes = 1 / (1 + Math.exp(-fitted[at]))
    expect(label_score).toBeCloseTo(given_label === 1 ? yes : 1 - yes, 4)
    expect(suspicion).toBe(Math.abs(data[2 * row + at] as number))
  }
})

test('a selection is exported as it was selected, decided about or not', async () => {
  const made = await reviewed(named)
  const review = await decideSome(made)
  const table = await correctionsTable(made.explainer, review, [11, 3, 40, 3])
  expect(table.map(({ id, action, reviewer }) => [id, action, reviewer])).toEqual([
    ['a,"11', 'relabel', null],
    ['003', null, null],
    ['a,"40', 'exclude', 'Ada'],
  ])
  expect(CLASSES).toContain(table[1].given_label)
  await expect(correctionsTable(made.explainer, review, [60])).rejects.toThrow(
    'example not found: train/60, expected 0 to 59',
  )
  const file = join(made.directory, 'selected.csv')
  await writeFile(file, await exportCorrections(made.explainer, review, { format: 'csv', rows: [3, 4] }))
  expect(await relabel({ directory: made.out, corrections: file })).toMatchObject({
    relabelled: 0,
    excluded: 0,
  })
})

test('nothing decided is a table without rows, that relabel takes', async () => {
  const { explainer, log, directory, out } = await reviewed()
  for (const format of ['csv', 'parquet'] as const) {
    const file = join(directory, `none.${format}`)
    await writeFile(file, await exportCorrections(explainer, await log.review(), { format }))
    expect(await relabel({ directory: out, corrections: file, force: true })).toMatchObject({
      relabelled: 0,
      excluded: 0,
    })
  }
})

const PYTHON = process.env.REPRESENTER_PYTHON ?? 'python3'
const hasPandas = spawnSync(PYTHON, ['-c', 'import pandas, pyarrow']).status === 0

// Without pandas there is nothing to run the lines with.
test.skipIf(!hasPandas)('the lines of pandas make the same table as relabel makes labels', async () => {
  for (const [change, output] of [
    [undefined, undefined],
    [named, undefined],
    [multiLabel, 1],
  ] as const) {
    const made = await reviewed(change)
    const review = await decideSome(made, output)
    const { explainer, directory, out } = made
    const ids = [...explainer.examples.ids]
    const labels = ids.map((_, row) => explainer.examples.labels?.[row] ?? 0)
    const columns =
      output === undefined
        ? { label: change ? labels.map(label => CLASSES[label]) : labels }
        : Object.fromEntries(
            ['cat', 'dog'].map((name, j) => [name, ids.map((_, row) => explainer.labelValue(row, j))]),
          )
    const answer = await relabel({ directory: out })
    const corrected = await openExplainer(answer.out)
    onTestFinished(() => corrected.close())
    const kept = [...corrected.examples.ids]
    const after = [...(corrected.examples.labels ?? [])]
    const expected =
      output === undefined
        ? { id: kept, label: change ? after.map(label => CLASSES[label]) : after }
        : {
            id: kept,
            ...Object.fromEntries(
              ['cat', 'dog'].map((name, j) => [name, kept.map((_, row) => corrected.labelValue(row, j))]),
            ),
          }
    for (const format of CORRECTION_FORMATS) {
      const file = join(directory, `corrections.${format}`)
      await writeFile(file, await exportCorrections(explainer, review, { format }))
      const program = `import json, sys\nimport pandas as pd\ntable = pd.DataFrame(json.load(sys.stdin))\n${pandasLines(format, file, output !== undefined)}print(json.dumps(table.to_dict('list')))\n`
      const { stdout, stderr } = spawnSync(PYTHON, ['-W', 'error', '-c', program], {
        input: JSON.stringify({ id: ids, ...columns }),
        encoding: 'utf8',
      })
      expect(stderr, format).toBe('')
      expect(JSON.parse(stdout), format).toEqual(expected)
    }
  }
})
