import { readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { evaluate } from '../../src/app/evaluate/evaluate.ts'
import { openExplainer } from '../../src/app/explainer/open.ts'
import { fit } from '../../src/app/fit/fit.ts'
import { suspectsCsv } from '../../src/app/suspects/export.ts'
import { SCORE_NAMES, type ScoreName } from '../../src/app/suspects/score-names.ts'
import { type SuspectsAnswer, suspects } from '../../src/app/suspects/suspects.ts'
import { bytesOf } from '../../src/formats/bytes.ts'
import { readFileBytes } from '../../src/formats/files.node.ts'
import { readNpy } from '../../src/formats/npy.ts'
import { readParquet } from '../../src/formats/parquet.ts'
import { encodeParquet } from '../../src/formats/parquet-write.ts'
import { randomNormal } from '../../src/math/random.ts'
import { saveArray, writeBundle } from './bundle.ts'

test('suspects are ranked by whichever score is named, neighbour-head unless told, and say by which', async () => {
  const { out: directory, ...bundle } = await writeBundle()
  await fit({ ...bundle, out: directory })
  const whole = await suspects({ directory })
  expect(whole.score).toBe('neighbour-head')
  for (const score of SCORE_NAMES) {
    const answer = await suspects({ directory, score })
    expect(answer.score).toBe(score)
    const order = answer.suspects.map(({ suspicion }) => suspicion)
    expect(order).toEqual(order.toSorted((a, b) => b - a))
    expect(new Set(answer.suspects.map(({ row }) => row)).size).toBe(200)
    const { suspects: few } = await suspects({ directory, score, k: 7 })
    expect(few).toEqual(answer.suspects.slice(0, 7))
  }
  expect(await suspects({ directory, score: 'neighbour-head' })).toEqual(whole)
  // Above a half exactly where another class is suggested.
  for (const { suspicion, label, suggested } of whole.suspects) {
    expect(suspicion > 0.5).toBe(suggested !== label)
  }
})

test('the examples that speak for a label and against it are those of the contrast, but itself', async () => {
  const { out: directory, ...bundle } = await writeBundle()
  await fit({ ...bundle, out: directory })
  const explainer = await openExplainer(directory)
  const { suspects: ranked } = await suspects({ directory, k: 40 })
  for (const { row, label, suggested, speakers } of ranked) {
    const choice = label === suggested ? { output: label } : ({ contrast: [label, suggested] } as const)
    const { excitatory, inhibitory } = await explainer.explainStored('train', row, { ...choice, k: 5 })
    const others = (entries: typeof excitatory) => entries.filter(entry => entry.row !== row).slice(0, 3)
    expect(speakers?.for).toMatchObject(others(excitatory).map(({ row, value }) => ({ row, value })))
    expect(speakers?.against).toMatchObject(others(inhibitory).map(({ row, value }) => ({ row, value })))
  }
  await explainer.close()
})

test('as many suspects have speakers as are asked for, and the first 500 unasked', async () => {
  const { out: directory, ...bundle } = await writeBundle({ n: 520 })
  await fit({ ...bundle, out: directory })
  const spoken = (answer: SuspectsAnswer) => answer.suspects.map(({ speakers }) => speakers !== null)
  const unasked = await suspects({ directory })
  expect(spoken(unasked)).toEqual(Array.from({ length: 520 }, (_, i) => i < 500))
  const lines = suspectsCsv(unasked).trimEnd().split('\r\n')
  expect(lines[500]).toMatch(/,train\/\d+,train\/\d+$/)
  expect(lines[501]).toMatch(/\d,,$/)
  expect(spoken(await suspects({ directory, k: 520 }))).not.toContain(false)
})

test('under a sigmoid with an output a class, a class is suggested, not the yes or no of one output', async () => {
  const { out: directory, features, labels } = await writeBundle({ c: 4 })
  await fit({ features, labels, out: directory, activation: 'sigmoid' })
  const explainer = await openExplainer(directory)
  for (const score of ['neighbour-head', 'neighbours', 'loss', 'leave-one-out'] as const) {
    const answer = await suspects({ directory, score })
    for (const { row, suggested } of answer.suspects) {
      expect(suggested, `${score}, ${row}`).toBe(explainer.examples.fitted[row])
    }
  }
  await explainer.close()
})

test.each([
  ['plain', 'regularised'],
  ['plain', 'free'],
  ['centred', 'free'],
] as const)(
  'self-representer is what an example explains of itself, kernel %s, bias %s',
  async (kernel, bias) => {
    const { out: directory, features, labels } = await writeBundle({ n: 60 })
    await fit({ features, labels, out: directory, kernel, bias })
    const explainer = await openExplainer(directory)
    const { suspects: ranked } = await suspects({ directory, score: 'self-representer' })
    for (const { row, label, suspicion } of ranked) {
      const { excitatory, inhibitory } = await explainer.explainStored('train', row, { output: label, k: 60 })
      const own = [...excitatory, ...inhibitory].find(entry => entry.row === row)
      expect(Math.abs(own?.value ?? Number.NaN) / suspicion).toBeCloseTo(1, 3)
    }
    await explainer.close()
  },
)

test('one output speaks for the second class, and so against the first', async () => {
  const { out: directory, directory: folder, features } = await writeBundle({ c: 2 })
  const data = BigInt64Array.from({ length: 200 }, (_, i) => BigInt(i % 3 === 0 ? 1 : 0))
  const labels = await saveArray(folder, 'yes', { dtype: 'int64', shape: [200], data })
  await fit({ features, labels, out: directory, activation: 'sigmoid' })
  const answer = await suspects({ directory })
  expect(new Set(answer.suspects.map(({ label }) => label))).toEqual(new Set([0, 1]))
  for (const { label, speakers } of answer.suspects) {
    for (const { value } of speakers?.for ?? []) expect(value > 0).toBe(label === 1)
    for (const { value } of speakers?.against ?? []) expect(value > 0).toBe(label === 0)
  }
})

test('a score that does not exist, or needs what is not there, is refused', async () => {
  const { out: directory, features, labels } = await writeBundle()
  await fit({ features, labels, out: directory })
  await expect(suspects({ directory, score: 'best' as ScoreName })).rejects.toThrow(
    `score not found: best, expected one of ${SCORE_NAMES.join(', ')}`,
  )
  await expect(suspects({ directory, score: 'alpha-teacher' })).rejects.toThrow(
    `alpha-teacher: ${directory} is fitted to labels, expected to what a given model says, choose another score`,
  )
})

test('what failed is tried again, by the same explainer', async () => {
  const { out: directory, features, labels } = await writeBundle()
  await fit({ features, labels, out: directory })
  const explainer = await openExplainer(directory)
  const head = join(directory, 'fits/labels/head.safetensors')
  await rename(head, `${head}.away`)
  await expect(explainer.rankSuspects(1)).rejects.toThrow(head)
  await rename(`${head}.away`, head)
  expect(await explainer.rankSuspects(1)).toHaveLength(1)
  await explainer.close()
})

test('a table names of each suspect the given label, the suggested one, and who is first on either side', async () => {
  const { out, directory, features, labels } = await writeBundle()
  const names = ['cat', 'dog', 'eel']
  const classes = join(directory, 'names.json')
  await writeFile(classes, JSON.stringify(names))
  await fit({ features, labels, out, classes })
  const answer = await suspects({ directory: out, k: 30 })
  const [heading, ...lines] = suspectsCsv(answer)
    .trimEnd()
    .split('\r\n')
    .map(line => line.split(','))
  expect(lines).toHaveLength(30)
  for (const [at, { id, label, suggested, speakers }] of answer.suspects.entries()) {
    const cells = Object.fromEntries(heading.map((name, k) => [name, lines[at][k]]))
    expect(cells).toMatchObject({
      id,
      label_name: names[label],
      suggested_name: names[suggested],
      speaks_for: speakers?.for[0]?.id ?? '',
      speaks_against: speakers?.against[0]?.id ?? '',
    })
  }
  expect(answer.suspects.some(({ label, suggested }) => label !== suggested)).toBe(true)
  expect(answer.suspects.some(({ speakers }) => speakers?.for[0] && speakers.against[0])).toBe(true)
})

test('of a number, those speak for it that move the output from what is suggested towards it', async () => {
  const { out: directory, directory: folder, features } = await writeBundle()
  const normal = randomNormal(4)
  const data = Float32Array.from({ length: 200 }, normal)
  const labels = await saveArray(folder, 'numbers', { dtype: 'float32', shape: [200], data })
  await fit({ features, labels, out: directory, activation: 'identity', lambda: 0.01 })
  const { suspects: ranked } = await suspects({ directory, score: 'loss' })
  const directions = new Set<number>()
  for (const { label, suggested, speakers } of ranked) {
    const wanted = Math.sign(label - suggested)
    directions.add(wanted)
    for (const { value } of speakers?.for ?? []) expect(Math.sign(value)).toBe(wanted)
    for (const { value } of speakers?.against ?? []) expect(Math.sign(value)).toBe(-wanted)
  }
  expect(directions).toEqual(new Set([1, -1]))
})

test.each([
  ['one output', 2, [200]],
  ['several labels', 3, [200, 3]],
] as const)('under a sigmoid with %s, what is suggested is a yes or a no', async (_, c, shape) => {
  const { out: directory, directory: folder, features } = await writeBundle({ c })
  const numbers = (await readNpy(await readFileBytes(features))).data
  const [each, d] = [shape[1] ?? 1, 6]
  // As features tell it, but for one in eleven.
  const yes = Array.from({ length: 200 * each }, (_, k) => {
    const at = Math.floor(k / each) * d + (k % each)
    return Number(Number(numbers[at]) > Number(numbers[at + 1]) !== (k % 11 === 0))
  })
  const labels =
    shape.length === 1
      ? await saveArray(folder, 'yes', { dtype: 'int64', shape, data: BigInt64Array.from(yes, BigInt) })
      : await saveArray(folder, 'yes', { dtype: 'float32', shape, data: Float32Array.from(yes) })
  await fit({ features, labels, out: directory, activation: 'sigmoid' })
  for (const score of ['neighbour-head', 'neighbours', 'loss'] as const) {
    const { suspects: ranked } = await suspects({ directory, score })
    expect(new Set(ranked.map(({ suggested }) => suggested))).toEqual(new Set([0, 1]))
    // These measures are the distance between the label and what is said of it.
    for (const { label, suggested, suspicion, row } of ranked) {
      if (Math.abs(suspicion - 0.5) < 1e-6) continue
      expect(suggested, `${score}, ${row}`).toBe(suspicion > 0.5 ? 1 - label : label)
    }
  }
})

test.each([3, -1])(
  'a stored label that is no class of the explainer, %s, is refused where it is read',
  async wrong => {
    const { out: directory, features, labels } = await writeBundle()
    await fit({ features, labels, out: directory })
    const path = 'train/examples.parquet'
    const file = join(directory, path)
    const columns = await readParquet(bytesOf(new Uint8Array(await readFile(file)), file))
    columns.label[150] = wrong
    const damaged = encodeParquet([
      { name: 'id', type: 'string', values: columns.id },
      ...['label', 'predicted', 'fitted'].map(name => ({
        name,
        type: 'int32' as const,
        values: columns[name],
      })),
    ])
    await writeFile(file, damaged)
    const manifest = JSON.parse(await readFile(join(directory, 'explainer.json'), 'utf8'))
    manifest.files[path].bytes = damaged.length
    await writeFile(join(directory, 'explainer.json'), JSON.stringify(manifest))
    for (const verb of [suspects, evaluate]) {
      await expect(verb({ directory })).rejects.toThrow(
        `${file}: label ${wrong} in row 150, expected 0 to 2, run fit again`,
      )
    }
  },
)
