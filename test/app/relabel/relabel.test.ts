import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { readHead } from '../../../src/app/explainer/files.node.ts'
import { fit } from '../../../src/app/fit/fit.ts'
import { relabel } from '../../../src/app/relabel/relabel.ts'
import { ReviewLog } from '../../../src/app/review/review-log.ts'
import { openStoredPictures } from '../../../src/app/show/stored-pictures.ts'
import { suspects } from '../../../src/app/suspects/suspects.ts'
import { readFileBytes } from '../../../src/formats/files.node.ts'
import type { NdArray } from '../../../src/formats/ndarray.ts'
import { readNpy } from '../../../src/formats/npy.ts'
import { ExplainerReader } from '../../../src/store/read.node.ts'
import { saveArray } from '../bundle.ts'
import { contents, explained, fittedTo, opened } from './reviewed.ts'

/** The most by which the logits of two explainers differ over the test examples, of the fit in a folder. */
async function distance(a: string, b: string, folder: string): Promise<number> {
  const [one, other] = await Promise.all(
    [a, b].map(async directory => {
      const reader = await ExplainerReader.open(directory)
      const { data, shape } = await readNpy(await reader.file('test/features.npy'))
      return { theta: (await readHead(reader, folder)).theta, features: data as Float32Array, shape }
    }),
  )
  const [m, d] = one.shape
  const { cols: c, rows } = one.theta
  let most = 0
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < c; j++) {
      let sum = rows > d ? one.theta.data[d * c + j] - other.theta.data[d * c + j] : 0
      for (let k = 0; k < d; k++) {
        sum += one.features[i * d + k] * (one.theta.data[k * c + j] - other.theta.data[k * c + j])
      }
      most = Math.max(most, Math.abs(sum))
    }
  }
  return most
}

const readArray = async (path: string): Promise<NdArray> => readNpy(await readFileBytes(path))

/** Two fits that each come within 1e-5 of the optimum agree within a few of these. */
const GAP = 1e-5
const WITHIN = 1e-3

describe('a head', () => {
  test('is the same where nothing is corrected, and the explainer before stays as it is', async () => {
    const { out, corrections, directory } = await explained(async () => ({ gap: GAP }))
    const before = await contents(directory)
    const answer = await relabel({ directory: out, corrections: await corrections('id action') })
    expect(answer).toMatchObject({
      schemaVersion: 1,
      explainer: out,
      out: `${out}-corrected`,
      relabelled: 0,
      excluded: 0,
      kept: 0,
      review: 0,
      warnings: ['nothing was corrected: the new explainer has the same labels'],
    })
    expect(answer.after.accuracy).toEqual(answer.before.accuracy)
    expect(await distance(out, answer.out, '')).toBeLessThan(WITHIN)
    const after = await contents(directory)
    for (const [path, content] of before) expect(after.get(path), path).toBe(content)
    const { manifest } = await opened(answer.out)
    expect(manifest.correctedFrom).toEqual({ directory: out, relabelled: 0, excluded: 0 })
    const same =
      'lambda bias kernel targets activation gap dtype classes classCount task n tests sources'.split(' ')
    const old = (await opened(out)).manifest
    for (const key of same as (keyof typeof manifest)[]) expect(manifest[key], key).toEqual(old[key])
  })

  test.each(['labels', 'teacher'] as const)(
    'with %s targets is that of clean labels, once flipped ones are flipped back',
    async targets => {
      const { directory, options, bundle, out, corrections } = await explained(async () => ({ gap: GAP }))
      const clean = (await readArray(bundle.labels)).data as BigInt64Array
      const flipped = [3, 17, 40, 41, 99]
      const data = clean.slice()
      for (const row of flipped) data[row] = (data[row] + 1n) % 3n
      const labels = await saveArray(directory, 'flipped', { dtype: 'int64', shape: [120], data })
      const teacher = targets === 'teacher' ? { logits: bundle.logits, testLogits: bundle.testLogits } : {}
      const choice = { ...options, ...teacher, targets, force: true }
      await fit({ ...choice, labels })
      const rows = flipped.map(row => [`train/${row}`, Number(data[row]), Number(clean[row]), 'relabel'])
      const file = await corrections('id given_label new_label action', ...rows)
      const answer = await relabel({ directory: out, corrections: file })
      expect(answer).toMatchObject({ relabelled: 5, excluded: 0, warnings: [] })
      await fit({ ...choice, out: join(directory, 'clean') })
      expect(await distance(join(directory, 'clean'), answer.out, 'fits/labels/')).toBeLessThan(WITHIN)
      expect(await distance(join(directory, 'clean'), answer.out, '')).toBeLessThan(WITHIN)
      expect(await distance(out, answer.out, 'fits/labels/')).toBeGreaterThan(10 * WITHIN)
      if (targets === 'teacher') expect(await distance(out, answer.out, '')).toBeLessThan(WITHIN)
      expect([...((await opened(answer.out)).examples.labels ?? [])]).toEqual(Array.from(clean, Number))
      expect(answer.after.disputed).toBeLessThan(answer.before.disputed)
      expect(answer.after.accuracy.train).toBeCloseTo(1 - answer.after.disputed / 120, 12)
    },
  )

  test.each(['float32', 'float16'] as const)(
    'without excluded examples is that of a fit on the others, in %s',
    async dtype => {
      const { directory, options, bundle, out, corrections } = await explained(async () => ({
        gap: GAP,
        dtype,
      }))
      const excluded = new Set([0, 5, 6, 77, 119])
      const file = await corrections('id action', ...[...excluded].map(row => [`train/${row}`, 'exclude']))
      const answer = await relabel({ directory: out, corrections: file })
      expect(answer).toMatchObject({ excluded: 5, relabelled: 0, before: { n: 120 }, after: { n: 115 } })
      const kept = Array.from({ length: 120 }, (_, row) => row).filter(row => !excluded.has(row))
      const { data } = await readArray(bundle.features)
      const features = await saveArray(directory, 'kept', {
        dtype: 'float32',
        shape: [kept.length, 6],
        data: Float32Array.from(
          kept.flatMap(row => [...(data as Float32Array).subarray(row * 6, row * 6 + 6)]),
        ),
      })
      const all = (await readArray(bundle.labels)).data as BigInt64Array
      const labels = await saveArray(directory, 'kept-labels', {
        dtype: 'int64',
        shape: [kept.length],
        data: BigInt64Array.from(kept, row => all[row]),
      })
      const subset = join(directory, 'subset')
      await fit({ ...options, features, labels, out: subset })
      expect(await distance(subset, answer.out, '')).toBeLessThan(WITHIN)
      const [old, corrected, fitted] = [await opened(out), await opened(answer.out), await opened(subset)]
      expect([...corrected.examples.ids]).toEqual(kept.map(row => `train/${row}`))
      expect([...(corrected.examples.labels ?? [])]).toEqual(kept.map(row => old.examples.labels?.[row]))
      expect(corrected.examples.predicted).toEqual(fitted.examples.predicted)
      expect(corrected.manifest.dtype).toBe(dtype)
      const features0 = await corrected.explainStored('train', 0)
      expect(features0.logit).toBeCloseTo((await fitted.explainStored('train', 0)).logit, 3)
    },
  )

  test('of soft labels keeps those of the examples that stay', async () => {
    const { out, corrections } = await explained(async directory => {
      const data = Float32Array.from({ length: 360 }, (_, k) => (k % 3 === (k % 7) % 3 ? 0.8 : 0.1))
      for (let i = 0; i < 120; i++) {
        const sum = data[3 * i] + data[3 * i + 1] + data[3 * i + 2]
        for (let j = 0; j < 3; j++) data[3 * i + j] /= sum
      }
      return { soft: await saveArray(directory, 'soft', { dtype: 'float32', shape: [120, 3], data }) }
    })
    const file = await corrections('id action', ['train/1', 'exclude'])
    const answer = await relabel({ directory: out, corrections: file })
    const before = (await readArray(join(out, 'train/targets.npy'))).data as Float32Array
    const after = (await readArray(join(answer.out, 'train/targets.npy'))).data as Float32Array
    expect([...after]).toEqual([...before.subarray(0, 3), ...before.subarray(6)])
  })

  test('of labels that are numbers takes numbers, at the output that is named', async () => {
    const { out, corrections } = await explained(async directory => {
      const data = Float32Array.from({ length: 240 }, (_, k) => Number((k * 7) % 3 === 0))
      const labels = await saveArray(directory, 'values', { dtype: 'float32', shape: [120, 2], data })
      const testLabels = await saveArray(directory, 'test-values', {
        dtype: 'float32',
        shape: [30, 2],
        data: data.slice(0, 60),
      })
      return { labels, testLabels, activation: 'sigmoid' }
    })
    const old = await opened(out)
    const flip = (row: number, output: number) => 1 - (old.labelValue(row, output) ?? 0)
    const file = await corrections(
      'id output new_label action',
      ['train/4', 1, flip(4, 1), 'relabel'],
      ['train/4', 0, null, 'keep'],
      ['train/9', 0, null, 'exclude'],
    )
    const answer = await relabel({ directory: out, corrections: file })
    expect(answer).toMatchObject({
      relabelled: 1,
      excluded: 1,
      kept: 1,
      before: { accuracy: { train: null, test: null }, r2: { train: null, test: null } },
    })
    const corrected = await opened(answer.out)
    expect([corrected.labelValue(4, 0), corrected.labelValue(4, 1)]).toEqual([
      old.labelValue(4, 0),
      flip(4, 1),
    ])
    expect(corrected.labelValue(9, 0)).toBe(old.labelValue(10, 0))
    expect(answer.before.disputed).toBeGreaterThan(0)
    for (const [directory, { f1 }] of [
      [out, answer.before],
      [answer.out, answer.after],
    ] as const) {
      for (const split of ['train', 'test'] as const) {
        const { logits, values } = await fittedTo(directory, split)
        const said = logits.map(logit => Number(logit > 0))
        const right = said.filter((yes, k) => yes + values[k] === 2).length
        const both = said.reduce((sum, yes, k) => sum + yes + values[k], 0)
        expect(f1[split]).toBeCloseTo((2 * right) / both, 12)
      }
    }
  })
})

test('a regression on one output is corrected without naming it', async () => {
  const { out, corrections } = await explained(async directory => {
    const data = Float32Array.from({ length: 120 }, (_, k) => Math.sin(k))
    const labels = await saveArray(directory, 'numbers', { dtype: 'float32', shape: [120], data })
    const testLabels = await saveArray(directory, 'test-numbers', {
      dtype: 'float32',
      shape: [30],
      data: data.slice(0, 30),
    })
    return { labels, testLabels, activation: 'identity' }
  })
  const file = await corrections('id given_label new_label', ['train/4', String(Math.sin(4)), 0.125])
  const answer = await relabel({ directory: out, corrections: file })
  expect(answer).toMatchObject({
    relabelled: 1,
    before: { accuracy: { train: null }, f1: { train: null }, disputed: 0 },
  })
  for (const [directory, { r2 }] of [
    [out, answer.before],
    [answer.out, answer.after],
  ] as const) {
    for (const split of ['train', 'test'] as const) {
      const { logits, values } = await fittedTo(directory, split)
      const mean = values.reduce((sum, y) => sum + y, 0) / values.length
      const squares = (of: (y: number, k: number) => number) =>
        values.reduce((sum, y, k) => sum + of(y, k) ** 2, 0)
      expect(r2[split]).toBeCloseTo(1 - squares((y, k) => y - logits[k]) / squares(y => y - mean), 8)
    }
  }
  expect(answer.before.suspects).toHaveLength(20)
  expect((await opened(answer.out)).labelValue(4, 0)).toBe(0.125)
})

test('keep and review change nothing, and classes keep their count where all of one are gone', async () => {
  const { out, corrections } = await explained()
  const { examples } = await opened(out)
  const last = [...(examples.labels ?? [])].flatMap((label, row) =>
    label === 2 ? [[`train/${row}`, 'exclude']] : [],
  )
  const file = await corrections('id action', ...last)
  const answer = await relabel({ directory: out, corrections: file })
  expect(answer.warnings).toContain('class 2 has no training example any more')
  expect((await opened(answer.out)).manifest).toMatchObject({ c: 3, classCount: 3, groupCount: 3 })
  const others = await corrections('id action', ['train/0', 'keep'], ['train/1', 'review'])
  expect(await relabel({ directory: out, corrections: others, force: true })).toMatchObject({
    kept: 1,
    review: 1,
    relabelled: 0,
    excluded: 0,
  })
  await expect(relabel({ directory: out, corrections: others })).rejects.toThrow(
    `${out}-corrected: an explainer already, add --force to replace it or choose another --out`,
  )
})

test('the review of the explainer itself is carried out, and once more changes nothing', async () => {
  const { out } = await explained()
  const explainer = await opened(out)
  const label = explainer.examples.labels?.[8] ?? 0
  const log = await ReviewLog.open(out, explainer)
  await log.decide({ row: 8, action: 'relabel', newLabel: (label + 1) % 3 })
  await log.decide({ row: 11, action: 'exclude' })
  await log.decide({ row: 12, action: 'exclude' })
  await log.undo()
  const answer = await relabel({ directory: out })
  expect(answer).toMatchObject({ relabelled: 1, excluded: 1 })
  expect((await opened(answer.out)).examples.labels?.[8]).toBe((label + 1) % 3)
  // In place: the decisions move along, of which the excluded example's is about nothing any more.
  const inPlace = await relabel({ directory: out, out, force: true })
  expect(inPlace).toMatchObject({ relabelled: 1, excluded: 1 })
  expect(await relabel({ directory: out, force: true })).toMatchObject({ relabelled: 0, excluded: 0 })
})

test('pictures and rows of those that stay are their own, through one correction after another', async () => {
  const { out, corrections, directory } = await explained()
  const pixels = Uint8Array.from({ length: 120 * 4 }, (_, k) => Math.floor(k / 4))
  const path = await saveArray(directory, 'pixels', { dtype: 'uint8', shape: [120, 2, 2], data: pixels })
  const manifest = JSON.parse(await readFile(join(out, 'explainer.json'), 'utf8'))
  manifest.sources.train = { kind: 'array', path, shape: [120, 2, 2] }
  await writeFile(join(out, 'explainer.json'), JSON.stringify(manifest))
  const shades = async (directory: string) => {
    const explainer = await opened(directory)
    const pictures = await openStoredPictures(explainer, 'train')
    return Promise.all(
      Array.from({ length: explainer.manifest.n }, async (_, row) => (await pictures?.(row))?.data[0]),
    )
  }
  const first = await relabel({
    directory: out,
    corrections: await corrections('id action', ['train/0', 'exclude'], ['train/50', 'exclude']),
  })
  const kept = Array.from({ length: 120 }, (_, row) => row).filter(row => row !== 0 && row !== 50)
  expect(await shades(first.out)).toEqual(kept)
  const again = await corrections('id action', ['train/1', 'exclude'], ['train/119', 'exclude'])
  const second = await relabel({ directory: first.out, corrections: again })
  expect(second.out).toBe(`${out}-corrected-corrected`)
  expect(await shades(second.out)).toEqual(kept.slice(1, -1))
  const third = await relabel({ directory: second.out, corrections: await corrections('id action') })
  expect(await shades(third.out)).toEqual(kept.slice(1, -1))
})

test('stopped anywhere, it leaves nothing behind', async () => {
  const { out, corrections, directory } = await explained()
  const file = await corrections('id action', ['train/0', 'exclude'])
  // What relabel would keep with the explainer before is there already.
  await suspects({ directory: out })
  const before = await contents(directory)
  for (const phase of ['features', 'fit', 'alpha', 'index', 'write']) {
    const controller = new AbortController()
    const stopped = relabel({
      directory: out,
      corrections: file,
      signal: controller.signal,
      onProgress: step => {
        if (step.phase === phase) controller.abort()
      },
    })
    await expect(stopped, phase).rejects.toThrow('abort')
    expect(await contents(directory)).toEqual(before)
    expect((await readdir(directory)).filter(name => name.startsWith('.'))).toEqual([])
  }
})

test('what does not fit in memory is read from the disk, with the same result', async () => {
  const { out, corrections, directory } = await explained()
  const file = await corrections('id action', ['train/3', 'exclude'])
  const all = await relabel({ directory: out, corrections: file, out: join(directory, 'all') })
  const few = await relabel({
    directory: out,
    corrections: file,
    out: join(directory, 'few'),
    memory: '301MiB',
  })
  const files = async (directory: string) => (await ExplainerReader.open(directory)).manifest.files
  expect(await files(few.out)).toEqual(await files(all.out))
  await expect(relabel({ directory: out, corrections: file, memory: '1MiB' })).rejects.toThrow(
    'memory: 1MiB, expected',
  )
})
