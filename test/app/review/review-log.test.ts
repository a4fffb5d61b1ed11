import { spawnSync } from 'node:child_process'
import { appendFile, readFile, stat, truncate } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { openExplainer } from '../../../src/app/explainer/open.ts'
import { fit } from '../../../src/app/fit/fit.ts'
import type { FitOptions } from '../../../src/app/fit/options.ts'
import type { NewDecision } from '../../../src/app/review/decisions.ts'
import { ReviewLog } from '../../../src/app/review/review-log.ts'
import { saveArray, writeBundle } from '../bundle.ts'

async function explained(change: (directory: string) => Promise<Partial<FitOptions>> = async () => ({})) {
  const { directory, ...bundle } = await writeBundle({ n: 30, tests: 5 })
  const { features, labels, out } = bundle
  await fit({ features, labels, out, ...(await change(directory)) })
  return {
    out,
    refit: (options: Partial<FitOptions>) => fit({ features, labels, out, force: true, ...options }),
  }
}

async function openLog(out: string) {
  const explainer = await openExplainer(out)
  onTestFinished(() => explainer.close())
  return { explainer, log: await ReviewLog.open(out, explainer), path: join(out, 'review/decisions.jsonl') }
}

test('decisions, undo and redo survive a restart, and the log only grows', async () => {
  const { out } = await explained()
  const first = await openLog(out)
  const label = first.explainer.examples.labels?.[7] ?? 0
  const newLabel = (label + 1) % 3
  await first.log.decide({ row: 7, action: 'relabel', newLabel, note: 'a two', reviewer: 'Ada' })
  await first.log.decide({ row: 3, action: 'exclude' })
  await first.log.undo()
  let content = ''
  for (const step of ['review', 'redo', 'undo', 'undo', 'redo'] as const) {
    const { log, path } = await openLog(out)
    const before = await first.log.review()
    expect(await log.review()).toEqual(before)
    await log[step]()
    const grown = await readFile(path, 'utf8')
    expect(grown.startsWith(content)).toBe(true)
    content = grown
  }
  const review = await first.log.review()
  expect(review).toMatchObject({
    schemaVersion: 1,
    decisions: [{ id: 'train/7', row: 7, output: null, action: 'relabel', label, newLabel, reviewer: 'Ada' }],
    counts: { keep: 0, relabel: 1, exclude: 0, review: 0 },
    undo: { row: 7 },
    redo: { row: 3 },
  })
})

test('a review that was only looked at leaves no trace', async () => {
  const { out } = await explained()
  const { log, path } = await openLog(out)
  expect(await log.review()).toMatchObject({ decisions: [], undo: null, redo: null })
  await expect(log.undo()).rejects.toThrow('undo: no decision to undo, expected one made before')
  await expect(log.redo()).rejects.toThrow('redo: no decision to redo, expected one made before')
  await expect(stat(join(path, '..'))).rejects.toThrow('ENOENT')
})

test('many at once are all kept, one after another', async () => {
  const { out } = await explained()
  const { log } = await openLog(out)
  await Promise.all(Array.from({ length: 30 }, (_, row) => log.decide({ row, action: 'keep' })))
  expect((await log.review()).counts.keep).toBe(30)
  await Promise.all(Array.from({ length: 12 }, () => log.undo()))
  expect((await (await openLog(out)).log.review()).counts.keep).toBe(18)
})

test('a log cut off at any byte keeps every decision before, and takes the next', async () => {
  const { out } = await explained()
  const { log, path } = await openLog(out)
  await log.decide({ row: 0, action: 'keep' })
  const { size } = await stat(path)
  for (let bytes = size; bytes < 2 * size - 1; bytes += 7) {
    await truncate(path, size)
    await log.decide({ row: 1, action: 'keep' })
    await truncate(path, bytes)
    const { log: restarted } = await openLog(out)
    expect((await restarted.review()).decisions.map(({ row }) => row)).toEqual([0])
    await restarted.decide({ row: 2, action: 'exclude' })
    expect((await (await openLog(out)).log.review()).decisions.map(({ row }) => row)).toEqual([0, 2])
  }
})

test('a line that is none of a log’s is named', async () => {
  const { out } = await explained()
  const { log, path, explainer } = await openLog(out)
  await log.decide({ row: 0, action: 'keep' })
  await appendFile(path, '{"event":"decide"}\n')
  const message = `${path}: line 2 cannot be read, expected a line that representer wrote, mend it or take it out`
  await expect(log.review()).rejects.toThrow(message)
  await expect(ReviewLog.open(out, explainer)).rejects.toThrow(message)
})

test.each<[string, Partial<NewDecision>, string]>([
  ['a row behind the last', { row: 30 }, 'example not found: train/30, expected 0 to 29'],
  ['half a row', { row: 0.5 }, 'example not found: train/0.5, expected 0 to 29'],
  ['another action', { action: 'drop' as 'keep' }, 'action not found: drop, expected one of keep, relabel'],
  ['no new label', { action: 'relabel' }, 'train/0: no new label, expected one to relabel it, or keep'],
  ['no such class', { action: 'relabel', newLabel: 3 }, 'train/0: class 3, expected 0 to 2'],
  ['a fraction', { action: 'relabel', newLabel: 0.5 }, 'train/0: class 0.5, expected 0 to 2'],
  ['a label to keep', { newLabel: 1 }, 'train/0: a new label to keep, expected it with relabel alone'],
  ['an output', { output: 0 }, 'train/0: output 0, expected none, its label is one class'],
  ['a long note', { note: 'x'.repeat(4001) }, 'note: 4001 characters, expected 4000 at most'],
])('%s is refused and not logged', async (_, change, message) => {
  const { out } = await explained()
  const { log } = await openLog(out)
  await expect(log.decide({ row: 0, action: 'keep', ...change })).rejects.toThrow(message)
  expect((await log.review()).decisions).toEqual([])
})

test('the label that an example has already is refused', async () => {
  const { out } = await explained()
  const { log, explainer } = await openLog(out)
  const newLabel = explainer.examples.labels?.[4] ?? 0
  await expect(log.decide({ row: 4, action: 'relabel', newLabel })).rejects.toThrow(
    `train/4: relabelled to ${newLabel}, which is its label already, use keep`,
  )
})

test('where each output has a label, a decision names one and gives a number fit for it', async () => {
  const { out } = await explained(async directory => {
    const data = Float32Array.from({ length: 60 }, (_, k) => Number(k % 3 === 0))
    const labels = await saveArray(directory, 'values', { dtype: 'float32', shape: [30, 2], data })
    return { labels, activation: 'sigmoid' }
  })
  const { log } = await openLog(out)
  await expect(log.decide({ row: 1, action: 'keep' })).rejects.toThrow(
    'train/1: no output, expected 0 to 1, the one whose label is meant',
  )
  await expect(log.decide({ row: 1, output: 2, action: 'keep' })).rejects.toThrow(
    'output not found: 2, expected one of 0 to 1',
  )
  await expect(log.decide({ row: 1, output: 1, action: 'relabel', newLabel: 1 })).rejects.toThrow(
    'train/1: relabelled to 1, which is its label already',
  )
  await expect(log.decide({ row: 1, output: 1, action: 'relabel', newLabel: 2 })).rejects.toThrow(
    'train/1: label 2, expected a number from 0 to 1',
  )
  await log.decide({ row: 1, output: 1, action: 'relabel', newLabel: 0 })
  const { decisions } = await log.decide({ row: 1, output: 0, action: 'exclude' })
  expect(decisions.map(({ output, label, newLabel }) => [output, label, newLabel])).toEqual([
    [0, 0, null],
    [1, 1, 0],
  ])
})

test('an explainer without labels has none to decide about', async () => {
  const { directory: _, ...bundle } = await writeBundle({ n: 20 })
  const { features, logits, out } = bundle
  await fit({ features, logits, out })
  await expect(openLog(out)).rejects.toThrow(`${out}: no labels to correct, run fit again with --labels`)
})

test('decisions stay through fit --force, with undo, and go by ids', async () => {
  const { out, refit } = await explained()
  const { log } = await openLog(out)
  await log.decide({ row: 7, action: 'exclude' })
  const before = await log.decide({ row: 3, action: 'keep' })
  await refit({ lambda: 0.1 })
  const { log: after } = await openLog(out)
  expect(await after.review()).toEqual(before)
  expect((await after.undo()).decisions.map(({ row }) => row)).toEqual([7])
  // The log of before goes on where the explainer went.
  expect((await log.redo()).decisions.map(({ row }) => row)).toEqual([3, 7])
})

test('two processes that decide at once lose nothing of each other', async () => {
  const { out } = await explained()
  const { log, path } = await openLog(out)
  const line = JSON.stringify({
    event: 'decide',
    id: 'train/9',
    output: null,
    action: 'exclude',
    label: 0,
    newLabel: null,
    note: '',
    reviewer: 'other',
    at: '2026-01-01T00:00:00.000Z',
  })
  await log.decide({ row: 2, action: 'keep' })
  spawnSync(process.execPath, [
    '-e',
    `require('fs').appendFileSync(${JSON.stringify(path)}, ${JSON.stringify(`${line}\n`)})`,
  ])
  const review = await log.decide({ row: 4, action: 'keep' })
  expect(review.decisions.map(({ row, reviewer }) => [row, reviewer])).toEqual([
    [2, ''],
    [4, ''],
    [9, 'other'],
  ])
})
