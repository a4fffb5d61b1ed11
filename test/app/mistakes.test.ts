import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openExplainer } from '../../src/app/explainer/open.ts'
import { fit } from '../../src/app/fit/fit.ts'
import { type MistakesAnswer, mistakes } from '../../src/app/mistakes.ts'
import { bytesOf } from '../../src/formats/bytes.ts'
import { readNpy } from '../../src/formats/npy.ts'
import { writeBundle } from './bundle.ts'

const CLASSES = ['cat', 'dog', 'cow']

async function fittedBundle(size: { n?: number; tests?: number } = {}) {
  const bundle = await writeBundle({ n: 150, tests: 120, ...size })
  const classes = join(bundle.directory, 'classes.txt')
  await writeFile(classes, `${CLASSES.join('\n')}\n`)
  return { ...bundle, classes }
}

const array = async (path: string) => (await readNpy(bytesOf(await readFile(path), path))).data

/** By a scan of every training example, the values of output j for a test example: value and row, sorted. */
async function scan(out: string, row: number, j: number): Promise<{ row: number; value: number }[]> {
  const [features, tests, alpha] = await Promise.all(
    ['train/features.npy', 'test/features.npy', 'alpha.npy'].map(async name =>
      Array.from((await array(join(out, name))) as Float32Array),
    ),
  )
  const [d, c] = [6, 3]
  return Array.from({ length: alpha.length / c }, (_, i) => {
    let similarity = 0
    for (let a = 0; a < d; a++) similarity += features[i * d + a] * tests[row * d + a]
    return { row: i, value: alpha[i * c + j] * (similarity + 1) }
  }).sort((a, b) => b.value - a.value)
}

test('the matrix counts every example, the cells every mistake, and accuracy is that of the fit', async () => {
  const bundle = await fittedBundle()
  const fitted = await fit(bundle)
  for (const split of ['train', 'test'] as const) {
    const answer = await mistakes({ directory: bundle.out, split })
    const { matrix, cells, n, accuracy, cell } = answer
    expect([answer.split, answer.classes, cell]).toEqual([split, CLASSES, null])
    expect(n).toBe(split === 'train' ? 150 : 120)
    expect(matrix.flat().reduce((sum, x) => sum + x)).toBe(n)
    expect(accuracy).toBeCloseTo(fitted.accuracy[split] ?? Number.NaN, 12)
    const wrong = cells.reduce((sum, { count }) => sum + count, 0)
    expect(wrong).toBe(n - matrix.reduce((sum, row, j) => sum + row[j], 0))
    for (const { label, predicted, count } of cells) expect(matrix[label][predicted]).toBe(count)
  }
})

test('test examples where they have labels, else the training examples', async () => {
  const { testLabels: _, ...bundle } = await fittedBundle()
  await fit(bundle)
  expect((await mistakes({ directory: bundle.out })).split).toBe('train')
  const whole = await fittedBundle()
  await fit(whole)
  expect((await mistakes({ directory: whole.out })).split).toBe('test')
})

test('the training examples behind a cell are those that a full scan of every example of it counts', async () => {
  const bundle = await fittedBundle()
  await fit(bundle)
  const k = 4
  const { cells } = await mistakes({ directory: bundle.out })
  const [{ label, predicted, count }] = cells
  expect(count).toBeGreaterThan(1)
  const { cell } = await mistakes({ directory: bundle.out, cell: [CLASSES[label], predicted], k })
  const { examples, predicted: taken } = await openExplainer(bundle.out).then(async explainer => ({
    examples: await explainer.examplesOf('test'),
    predicted: explainer.examples.predicted,
  }))
  const rows = [...examples.ids]
    .map((id, row) => ({ row, id }))
    .filter(({ row }) => examples.labels?.[row] === label && examples.predicted[row] === predicted)
  expect(cell?.examples).toEqual(rows)
  const [against, towards] = [new Map<number, number>(), new Map<number, number>()]
  const add = (counts: Map<number, number>, row: number) => counts.set(row, (counts.get(row) ?? 0) + 1)
  for (const { row } of rows) {
    for (const worst of (await scan(bundle.out, row, label)).slice(-k)) add(against, worst.row)
    for (const best of (await scan(bundle.out, row, predicted)).slice(0, k)) add(towards, best.row)
  }
  const expected = (counts: Map<number, number>) =>
    [...counts].sort(([i, a], [j, b]) => b - a || i - j).slice(0, k)
  expect(cell?.inhibitory.map(({ row, times }) => [row, times])).toEqual(expected(against))
  expect(cell?.excitatory.map(({ row, times }) => [row, times])).toEqual(expected(towards))
  for (const entry of cell?.inhibitory ?? []) {
    expect(entry.share).toBe(entry.times / count)
    expect([entry.id, entry.predicted]).toEqual([`train/${entry.row}`, taken[entry.row]])
  }
})

test('the same confusion is counted among the training mistakes', async () => {
  const bundle = await fittedBundle()
  await fit(bundle)
  const { cells } = await mistakes({ directory: bundle.out, split: 'test' })
  const { matrix } = await mistakes({ directory: bundle.out, split: 'train' })
  for (const { label, predicted } of cells) {
    const { cell } = await mistakes({ directory: bundle.out, split: 'test', cell: [label, predicted] })
    const wrong = matrix[label].filter((_, j) => j !== label)
    const total = wrong.reduce((sum, x) => sum + x)
    const same = matrix[label][predicted]
    expect(cell?.training).toEqual({
      mistakes: total,
      same,
      share: total === 0 ? null : same / total,
      rank: same === 0 ? null : 1 + wrong.filter(x => x > same).length,
    })
  }
})

test('without training labels nothing is said of the training mistakes', async () => {
  const { labels: _, ...bundle } = await fittedBundle()
  await fit(bundle)
  const { cells } = await mistakes({ directory: bundle.out })
  const [{ label, predicted }] = cells
  const { cell } = await mistakes({ directory: bundle.out, cell: [label, predicted] })
  expect(cell?.training).toBeNull()
  expect(cell?.inhibitory.every(entry => entry.label === null)).toBe(true)
  await expect(mistakes({ directory: bundle.out, split: 'train' })).rejects.toThrow(
    `${bundle.out}: no labels of training examples in it, run fit again with --labels to count mistakes`,
  )
})

test('what cannot be counted is refused in a sentence', async () => {
  const bundle = await fittedBundle()
  await fit(bundle)
  const ask = (options: Omit<Parameters<typeof mistakes>[0], 'directory'>): Promise<MistakesAnswer> =>
    mistakes({ directory: bundle.out, ...options })
  await expect(ask({ cell: ['cat', 'pig'] })).rejects.toThrow(
    'class not found: pig, expected one of cat, dog, cow',
  )
  await expect(ask({ cell: ['dog', 1] })).rejects.toThrow(
    'cell of dog with itself, expected a true class and a wrong one',
  )
  await expect(ask({ k: 1.5 })).rejects.toThrow('k: 1.5, expected a whole number, 0 or more')
  await expect(ask({ split: 'valid' as 'test' })).rejects.toThrow(
    'split not found: valid, expected train or test',
  )
  const { testLabels: _, out: __, ...rest } = bundle
  const unlabelled = join(bundle.directory, 'unlabelled')
  await fit({ ...rest, out: unlabelled })
  await expect(mistakes({ directory: unlabelled, split: 'test' })).rejects.toThrow(
    `${unlabelled}: no labels of test examples in it, run fit again with --test-labels to count mistakes`,
  )
})

test('an empty cell is refused with the cells of its class that are not', async () => {
  const bundle = await fittedBundle({ tests: 12 })
  await fit(bundle)
  const { matrix, cells } = await mistakes({ directory: bundle.out })
  let refused = 0
  for (const a of [0, 1, 2]) {
    for (const b of [0, 1, 2]) {
      if (a === b || matrix[a][b] > 0) continue
      refused++
      const others = cells.filter(({ label }) => label === a)
      const named = others.map(({ predicted, count }) => `${CLASSES[predicted]} (${count})`).join(', ')
      await expect(mistakes({ directory: bundle.out, cell: [a, b] })).rejects.toThrow(
        `cell is empty: no test example of ${CLASSES[a]} is predicted ${CLASSES[b]}, ` +
          (others.length > 0 ? `expected one of ${named}` : 'nor any other wrong class'),
      )
    }
  }
  expect(refused).toBeGreaterThan(1)
  expect(cells.length).toBeGreaterThan(0)
})
