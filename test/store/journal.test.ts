import { createHash } from 'node:crypto'
import { cp, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Matrix, zerosFloat32 } from '../../src/math/matrix.ts'
import { randomNormal } from '../../src/math/random.ts'
import { allRows } from '../../src/math/rows.ts'
import { Journal, type JournalOptions } from '../../src/store/journal.node.ts'
import type { Extracted, ExtractedSize } from '../../src/store/journal-files.node.ts'
import type { SkippedRow } from '../../src/store/journal-lines.ts'
import { temporaryDirectory } from '../app/bundle.ts'

const N = 22
const BATCH = 4
const KEY = { model: 'a', data: [1, 'b'] }
/** What a batch ends at. */
const ENDS = [4, 8, 12, 16, 20, 22]
const BAD: SkippedRow = { row: 9, path: 'cat/9.png', reason: 'cat/9.png: no image, “ü”' }

const sizeOf = (rows = N): ExtractedSize => ({ rows, d: 3, c: 2 })
const empty = (n = 0): Extracted => ({ features: zerosFloat32(n, 3), logits: zerosFloat32(n, 2) })

function full(): Extracted {
  const normal = randomNormal(1)
  const extracted = empty(N)
  for (const { data } of [extracted.features, extracted.logits])
    data.forEach((_, k) => {
      data[k] = normal()
    })
  return extracted
}

const optionsOf = (skipped = new Map<number, SkippedRow>()): JournalOptions => ({
  name: 'out',
  key: KEY,
  skipped,
  skipBad: true,
  interval: 0,
})

/** Rows of a matrix. */
const rowsOf = ({ cols, data }: Matrix<Float32Array>, from: number, to: number) => ({
  rows: to - from,
  cols,
  data: data.slice(from * cols, to * cols),
})

/** Keeps what comes behind row `from`, batch by batch, up to row `to`. */
async function keepRows(journal: Journal, from: number, to: number, lasting = true): Promise<void> {
  const { features, logits } = full()
  let start = from
  for (const end of ENDS.filter(end => end > from && end <= to)) {
    const batch = { features: rowsOf(features, start, end), logits: rowsOf(logits, start, end) }
    await journal.keep(batch, lasting)
    start = end
  }
}

/** A folder with the journal of a run that stopped after so many rows, and the files as NumPy would read them. */
async function written(rows = N, options = optionsOf(new Map([[BAD.row, BAD]]))): Promise<string> {
  const folder = await temporaryDirectory()
  const journal = new Journal(folder, 'train', options)
  expect(await journal.restore(sizeOf(), BATCH)).toEqual({ rows: 0, differs: [] })
  await keepRows(journal, 0, rows)
  await journal.close()
  return folder
}

async function restored(folder: string, options = optionsOf()) {
  const journal = new Journal(folder, 'train', options)
  const answer = await journal.restore(sizeOf(), BATCH)
  const into = answer.rows === N ? await extractedBy(journal) : empty()
  return { ...answer, into, skipped: [...options.skipped.values()], journal }
}

async function extractedBy(journal: Journal): Promise<Extracted> {
  const { features, logits } = journal.extracted()
  return { features: await allRows(features), logits: await allRows(logits) }
}

/** What is there once the other rows are kept too: nothing else than what was extracted. */
async function expectWhole({ journal, rows }: { journal: Journal; rows: number }): Promise<void> {
  await keepRows(journal, rows, N)
  await journal.close()
  expect(await extractedBy(journal)).toEqual(full())
}

test.each([0, 4, 12, 22])('what was kept is restored: %i rows', async rows => {
  const found = await restored(await written(rows))
  expect(found).toMatchObject({ rows, differs: [], skipped: rows > BAD.row ? [BAD] : [] })
  await expectWhole(found)
})

test('the files are raw numbers, and lines of JSON whose checksums other tools can follow', async () => {
  const folder = await written(8)
  const { features, logits } = full()
  const [first, second] = [0, 4].map(from => [
    Buffer.from(features.data.slice(from * 3, (from + 4) * 3).buffer),
    Buffer.from(logits.data.slice(from * 2, (from + 4) * 2).buffer),
  ])
  expect(await readFile(join(folder, 'train.features'))).toEqual(Buffer.concat([first[0], second[0]]))
  expect(await readFile(join(folder, 'train.logits'))).toEqual(Buffer.concat([first[1], second[1]]))
  const lines = (await readFile(join(folder, 'train.journal'), 'utf8')).trimEnd().split('\n')
  const sha256 = createHash('sha256').update(`${JSON.stringify(KEY)}\n{"from":0,"to":4,"skipped":[]}\n`)
  expect(lines.map(line => JSON.parse(line)).slice(0, 2)).toEqual([
    { key: KEY },
    { from: 0, to: 4, skipped: [], sha256: sha256.update(first[0]).update(first[1]).digest('hex') },
  ])
})

test('nothing is written before the interval is over but with the last row', async () => {
  const folder = await written(20, { ...optionsOf(), interval: 1e9 })
  expect(await readdir(folder)).toEqual([])
  expect((await restored(await written(22, { ...optionsOf(), interval: 1e9 }))).rows).toBe(22)
})

test('a run goes on where the one before stopped, and leaves what one run leaves', async () => {
  const whole = await written()
  for (const rows of ENDS) {
    const folder = await written(rows)
    const options = optionsOf()
    const next = new Journal(folder, 'train', options)
    expect((await next.restore(sizeOf(), BATCH)).rows).toBe(rows)
    options.skipped.set(BAD.row, BAD)
    await keepRows(next, rows, N)
    await next.close()
    for (const file of await readdir(whole)) {
      expect(await readFile(join(folder, file))).toEqual(await readFile(join(whole, file)))
    }
  }
})

const FILES = ['train.journal', 'train.features', 'train.logits']

test.each(FILES)(
  '%s may be cut off anywhere, or be gone: whole blocks before that are restored',
  async file => {
    const whole = await written()
    const folder = await written()
    const { size } = await stat(join(folder, file))
    let most = N
    for (let length = size; length >= 0; length--) {
      await truncate(join(folder, file), length)
      const { rows, differs } = await restored(folder)
      expect([...ENDS, 0]).toContain(rows)
      expect(rows).toBeLessThanOrEqual(most)
      expect(differs).toEqual([])
      most = rows
    }
    expect(most).toBe(0)
    await cp(whole, folder, { recursive: true })
    await rm(join(folder, file))
    expect((await restored(folder)).rows).toBe(0)
  },
)

test.each(FILES)(
  'a changed byte of %s costs its block and those behind it, and never a wrong number',
  async file => {
    const [whole, folder] = [await written(), await temporaryDirectory()]
    const content = await readFile(join(whole, file))
    await fc.assert(
      fc.asyncProperty(fc.nat(content.length - 1), fc.integer({ min: 1, max: 255 }), async (at, change) => {
        const changed = Uint8Array.from(content)
        changed[at] ^= change
        await cp(whole, folder, { recursive: true })
        await writeFile(join(folder, file), changed)
        const found = await restored(folder)
        const { rows, skipped, differs } = found
        expect(rows).toBeLessThan(N)
        expect(skipped).toEqual(rows > BAD.row ? [BAD] : [])
        expect(differs.length === 0 || file === 'train.journal').toBe(true)
        await expectWhole(found)
      }),
      { numRuns: 200, seed: 1 },
    )
  },
)

test('behind a torn end a run goes on as if nothing were there', async () => {
  for (const file of FILES) {
    const folder = await written(12)
    const { size } = await stat(join(folder, file))
    await truncate(join(folder, file), size - 1)
    const { rows } = await restored(folder)
    expect(rows).toBe(8)
    const next = new Journal(folder, 'train', optionsOf(new Map([[BAD.row, BAD]])))
    await next.restore(sizeOf(), BATCH)
    await keepRows(next, rows, N)
    await next.close()
    const found = await restored(folder)
    expect(found).toMatchObject({ rows: N, skipped: [BAD] })
    expect(found.into).toEqual(full())
  }
})

test('of another key nothing is restored, what differs is named, and the next run replaces it', async () => {
  const folder = await written()
  const options = { ...optionsOf(), key: { ...KEY, model: 'b', layer: 'fc' } }
  const { rows, differs, journal } = await restored(folder, options)
  expect([rows, differs]).toEqual([0, ['model', 'layer']])
  await keepRows(journal, 0, 4)
  await journal.close()
  expect((await restored(folder, options)).rows).toBe(4)
  expect(await restored(folder)).toMatchObject({ rows: 0, differs: ['model', 'layer'] })
})

test('blocks of one key are none of another, whatever their lines say', async () => {
  const folder = await written()
  const path = join(folder, 'train.journal')
  const [, ...blocks] = (await readFile(path, 'utf8')).split('\n')
  const key = { ...KEY, model: 'b' }
  await writeFile(path, [JSON.stringify({ key }), ...blocks].join('\n'))
  expect(await restored(folder, { ...optionsOf(), key })).toMatchObject({ rows: 0, differs: [] })
})

test('without --skip-bad extraction goes on at the block of the first skipped picture', async () => {
  expect(await restored(await written(), { ...optionsOf(), skipBad: false })).toMatchObject({
    rows: 8,
    skipped: [],
  })
})

test('blocks of other batches, or of more rows than there are, are not restored', async () => {
  const folder = await written()
  const rowsWith = async (batch: number, n = N) =>
    (await new Journal(folder, 'train', optionsOf()).restore(sizeOf(n), batch)).rows
  expect(await rowsWith(2)).toBe(N)
  expect(await rowsWith(8)).toBe(0)
  expect(await rowsWith(BATCH, 21)).toBe(20)
})

test.each([
  ['nothing', ''],
  ['no lines', 'x'.repeat(1000)],
  ['no JSON', '{\n{\n'],
  ['another document', '[]\n'],
  ['a key that is none', '{"key": 7}\n'],
  ['zeros, as a crash may leave them', '\0'.repeat(4096)],
  ['nothing but ends of lines', '\n'.repeat(4096)],
])('a journal that holds %s is none', async (_, content) => {
  const folder = await written()
  await writeFile(join(folder, 'train.journal'), content)
  expect(await restored(folder)).toMatchObject({ rows: 0, differs: [] })
})

test('a journal that cannot be written is an error in one sentence, at the next block', async () => {
  const folder = join(await temporaryDirectory(), 'gone')
  const journal = new Journal(folder, 'train', optionsOf())
  await journal.restore(sizeOf(), BATCH)
  await keepRows(journal, 0, 4)
  await expect(keepRows(journal, 4, 8)).rejects.toMatchObject({
    code: 'io',
    message: 'out: cannot be used (ENOENT)',
  })
  await journal.close()
})

test('rows that no later run may use are there for this one, and only the ones before them for the next', async () => {
  const folder = await temporaryDirectory()
  const options = { ...optionsOf(), interval: 1e9 }
  const journal = new Journal(folder, 'train', options)
  await journal.restore(sizeOf(), BATCH)
  await keepRows(journal, 0, 8)
  await keepRows(journal, 8, N, false)
  await journal.close()
  expect(await extractedBy(journal)).toEqual(full())
  const next = await restored(folder)
  expect(next.rows).toBe(8)
  await expectWhole(next)
})
