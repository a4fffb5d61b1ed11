import { readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { openExplainer } from '../../src/app/explainer/open.ts'
import { fit } from '../../src/app/fit/fit.ts'
import type { ScoreName, ScoreStep } from '../../src/app/suspects/score-names.ts'
import { suspects } from '../../src/app/suspects/suspects.ts'
import { bytesOf } from '../../src/formats/bytes.ts'
import { readParquet, readParquetInfo } from '../../src/formats/parquet.ts'
import { encodeParquet } from '../../src/formats/parquet-write.ts'
import { writeBundle } from './bundle.ts'

const KEPT = 'suspicions/neighbour-head.parquet'

async function fitted() {
  const { directory: _, ...bundle } = await writeBundle()
  await fit(bundle)
  return { bundle, directory: bundle.out, kept: join(bundle.out, KEPT) }
}

/** Suspects, and whether they were scored for it. */
async function ask(directory: string, score?: ScoreName) {
  const steps: ScoreStep[] = []
  const onProgress = (step: ScoreStep) => steps.push(step)
  const answer = await suspects({ directory, onProgress, ...(score && { score }) })
  return { answer, isScored: steps.length > 0 }
}

test('what was scored once is read the next time, and says the same', async () => {
  const { directory, kept } = await fitted()
  const first = await ask(directory)
  expect(first.isScored).toBe(true)
  expect(await ask(directory)).toEqual({ answer: first.answer, isScored: false })
  const columns = await readParquet(bytesOf(new Uint8Array(await readFile(kept)), kept))
  for (const { row, suspicion, suggested } of first.answer.suspects) {
    expect(columns.row[row]).toBe(row)
    expect(columns.suspicion[row]).toBe(suspicion)
    expect(columns.suggested[row]).toBe(suggested)
  }
})

test.each(['leave-one-out', 'self-influence'] as const)(
  '%s keeps what it suggests, if it does',
  async score => {
    const { directory } = await fitted()
    const first = await ask(directory, score)
    expect(await ask(directory, score)).toEqual({ answer: first.answer, isScored: false })
  },
)

test('a program is given the same when it is scored and when it is read', async () => {
  const { directory } = await fitted()
  const given = async () => {
    const explainer = await openExplainer(directory)
    return explainer.suspicions().finally(() => explainer.close())
  }
  const scored = await given()
  expect(await readdir(join(directory, 'suspicions'))).toEqual(['neighbour-head.parquet'])
  expect(await given()).toEqual(scored)
})

test('nothing is kept of what an explainer has stored anyway', async () => {
  const { directory } = await fitted()
  await suspects({ directory, score: 'alpha' })
  expect(await readdir(directory)).not.toContain('suspicions')
})

const row = Int32Array.from({ length: 200 }, (_, i) => i)
const column = (name: string, value: number) => ({
  name,
  type: 'double' as const,
  values: new Float64Array(200).fill(value),
})

test.each([
  ['damaged', new Uint8Array([1, 2, 3])],
  ['empty', new Uint8Array()],
  ['of nothing that is known', encodeParquet([{ name: 'row', type: 'int32', values: row }])],
  ['by another', encodeParquet([column('suspicion', 1), column('output', 0), column('suggested', 0)])],
])('a file that is %s is made anew', async (_, bytes) => {
  const { directory, kept } = await fitted()
  const { answer } = await ask(directory)
  await writeFile(kept, bytes)
  expect(await ask(directory)).toEqual({ answer, isScored: true })
  expect(await ask(directory)).toEqual({ answer, isScored: false })
})

/** Puts other columns of `rows` examples into a kept file, which says the same of where it is from. */
async function replaceColumns(
  kept: string,
  rows: number,
  value: (column: string, row: number, found: number) => number,
): Promise<void> {
  const file = bytesOf(new Uint8Array(await readFile(kept)), kept)
  const { metadata } = await readParquetInfo(file)
  const found = await readParquet(file)
  const columns = ['row', 'suspicion', 'output', 'suggested'].map(name => ({
    name,
    type: 'double' as const,
    values: Float64Array.from({ length: rows }, (_, i) => value(name, i, Number(found[name][i] ?? 0))),
  }))
  await writeFile(kept, encodeParquet(columns, { metadata: Object.fromEntries(metadata) }))
}

/** Another number at one place of a column. */
const other = (column: string, y: number) => (name: string, i: number, x: number) =>
  name === column && i === 9 ? y : x
const same = (_: string, __: number, x: number) => x

test.each([
  ['as it was', 200, same, false],
  ['of another suspicion', 200, other('suspicion', 0.25), true],
  ['of a suspicion that is no number', 200, other('suspicion', Number.NaN), true],
  ['of an output that is none', 200, other('output', 3), true],
  ['of an output below all', 200, other('output', -1), true],
  ['of another suggestion', 200, other('suggested', 7), true],
  ['of too few examples', 199, same, true],
  ['of too many examples', 201, same, true],
])(
  'a file from the same explainer that is %s is made anew only where it cannot be right',
  async (_, rows, value, isScored) => {
    const { directory, kept } = await fitted()
    const { answer } = await ask(directory)
    await replaceColumns(kept, rows, value)
    expect(await ask(directory)).toEqual({ answer, isScored })
  },
)

test('what is kept by one score is not another’s', async () => {
  const { directory, kept } = await fitted()
  await ask(directory)
  const { answer } = await ask(directory, 'out-of-fold')
  const keptToo = kept.replace('neighbour-head', 'out-of-fold')
  await writeFile(keptToo, await readFile(kept))
  expect(await ask(directory, 'out-of-fold')).toEqual({ answer, isScored: true })
})

test('what another version kept is made anew', async () => {
  const { directory } = await fitted()
  await ask(directory)
  vi.resetModules()
  vi.doMock('../../src/version.ts', () => ({ VERSION: '999.0.0' }))
  onTestFinished(() => {
    vi.doUnmock('../../src/version.ts')
    vi.resetModules()
  })
  const { suspects: askedLater } = await import('../../src/app/suspects/suspects.ts')
  for (const isScored of [true, false]) {
    const onProgress = vi.fn()
    await askedLater({ directory, k: 1, onProgress })
    expect(onProgress.mock.calls.length > 0).toBe(isScored)
  }
})

test('what is kept of one explainer is not another’s', async () => {
  const { bundle, directory, kept } = await fitted()
  await ask(directory)
  const old = await readFile(kept)
  await fit({ ...bundle, lambda: 1, force: true })
  expect(await readdir(directory)).not.toContain('suspicions')
  const { answer, isScored } = await ask(directory)
  expect(isScored).toBe(true)
  await writeFile(kept, old)
  expect(await ask(directory)).toEqual({ answer, isScored: true })
})

test('where nothing can be kept, suspects are ranked all the same', async () => {
  const { directory } = await fitted()
  const { answer } = await ask(directory)
  await rm(join(directory, 'suspicions'), { recursive: true })
  await writeFile(join(directory, 'suspicions'), 'in the way')
  expect(await ask(directory)).toEqual({ answer, isScored: true })
})
