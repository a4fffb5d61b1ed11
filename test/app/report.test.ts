import { mkdir, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { runInNewContext } from 'node:vm'
import { expect, test } from 'vitest'
import { openExplainer } from '../../src/app/explainer/open.ts'
import { fit } from '../../src/app/fit/fit.ts'
import { makeMap } from '../../src/app/map/make-map.ts'
import { mistakes } from '../../src/app/mistakes.ts'
import type { ReportData } from '../../src/app/report/report-data.ts'
import { report } from '../../src/app/report.ts'
import { suspects } from '../../src/app/suspects/suspects.ts'
import { questionKey } from '../../src/views/question-key.ts'
import { writeBundle } from './bundle.ts'
import { fittedPictures } from './fitted-pictures.ts'

/** The data of a report, as its page reads them. */
async function dataOf(out: string): Promise<ReportData> {
  const window: { representerReport?: ReportData } = {}
  runInNewContext(await readFile(join(out, 'data.js'), 'utf8'), { window })
  return JSON.parse(JSON.stringify(window.representerReport))
}

async function fitted(size = {}) {
  const bundle = await writeBundle({ n: 120, tests: 60, ...size })
  await fit(bundle)
  return { ...bundle, report: join(bundle.directory, 'report') }
}

test('its answers are those of explain, for every output and contrast of the prediction', async () => {
  const bundle = await fitted()
  const answer = await report({
    directory: bundle.out,
    out: bundle.report,
    inputs: ['test/3', 'train/5'],
    k: 4,
  })
  expect(answer).toMatchObject({ explained: 2, pictures: 0, missing: [] })
  const { answers } = await dataOf(bundle.report)
  const explainer = await openExplainer(bundle.out)
  for (const [split, row] of [
    ['test', 3],
    ['train', 5],
  ] as const) {
    const { predicted } = await explainer.explainStored(split, row)
    for (const output of [0, 1, 2]) {
      const key = questionKey({ split, row, output, contrast: null, within: null })
      expect(answers[key].explanation).toEqual(await explainer.explainStored(split, row, { output, k: 4 }))
      if (output === predicted) continue
      const contrast = [predicted, output] as const
      const against = questionKey({ split, row, output: predicted, contrast: output, within: null })
      expect(answers[against].explanation).toEqual(
        await explainer.explainStored(split, row, { contrast, k: 4 }),
      )
    }
    const parts = [0, 1, 2].map(
      within => answers[questionKey({ split, row, output: predicted, contrast: null, within })].explanation,
    )
    for (const [within, part] of parts.entries()) {
      for (const { label } of [...part.excitatory, ...part.inhibitory]) expect(label).toBe(within)
    }
  }
})

test('everything that it names is among its examples', async () => {
  const bundle = await fitted()
  await makeMap({ directory: bundle.out, limit: 30 })
  await report({ directory: bundle.out, out: bundle.report })
  const data = await dataOf(bundle.report)
  const known = { train: new Set(data.columns.train?.rows), test: new Set(data.columns.test?.rows) }
  for (const { explanation } of Object.values(data.answers)) {
    for (const { row } of [...explanation.excitatory, ...explanation.inhibitory]) {
      expect(known.train.has(row)).toBe(true)
    }
  }
  for (const { row } of data.suspects?.suspects ?? []) expect(known.train.has(row)).toBe(true)
  for (const cell of Object.values(data.cells)) {
    for (const { row } of cell.examples) expect(known[cell.split].has(row)).toBe(true)
    for (const { row } of [...cell.inhibitory, ...cell.excitatory]) expect(known.train.has(row)).toBe(true)
  }
  for (const split of ['train', 'test'] as const) {
    for (const row of data.map?.[split].rows ?? []) expect(known[split].has(row)).toBe(true)
  }
  const explainer = await openExplainer(bundle.out)
  const { ids, predicted } = await explainer.examplesOf('test')
  for (const [k, row] of (data.columns.test?.rows ?? []).entries()) {
    expect(data.columns.test?.ids[k]).toBe(ids.at(row))
    expect(data.columns.test?.predicted[k]).toBe(predicted[row])
  }
})

test('suspects and mistakes are those of the verbs, as many as are asked for', async () => {
  const bundle = await fitted()
  await report({ directory: bundle.out, out: bundle.report, suspects: 7, cells: 2, k: 3 })
  const data = await dataOf(bundle.report)
  const ranked = await suspects({ directory: bundle.out, k: 7 })
  expect(data.suspects?.suspects).toEqual(ranked.suspects.map(({ speakers: _, ...suspect }) => suspect))
  for (const { row, label, suggested } of ranked.suspects) {
    const doubt = { split: 'train', row, output: label, within: null } as const
    expect(data.answers).toHaveProperty([questionKey({ ...doubt, contrast: null })])
    if (label !== suggested) {
      expect(data.answers).toHaveProperty([questionKey({ ...doubt, contrast: suggested })])
    }
  }
  const [{ label, predicted }] = (await mistakes({ directory: bundle.out })).cells
  const { cell } = await mistakes({ directory: bundle.out, cell: [label, predicted], k: 3 })
  expect(data.cells[`test/${label}/${predicted}`]).toMatchObject(cell ?? {})
  expect(Object.keys(data.cells).filter(key => key.startsWith('test/'))).toHaveLength(2)
})

const picturesIn = async (out: string): Promise<number[]> =>
  (await readdir(join(out, 'pictures/train'))).map(name => Number(name.replace('.png', '')))

test('it knows of which examples it has pictures, and only these are there', async () => {
  const bundle = await fittedPictures()
  await makeMap({ directory: bundle.out })
  const { pictures } = await report({ directory: bundle.out, out: bundle.report, inputs: ['train/3'], k: 2 })
  const data = await dataOf(bundle.report)
  const { train, test: tests } = data.pictures.rows
  expect(train).toContain(3)
  // The map has examples that nothing else tells of.
  expect(train.length).toBeLessThan(data.columns.train?.rows.length ?? 0)
  expect([pictures, tests]).toEqual([train.length, []])
  expect((await picturesIn(bundle.report)).sort((a, b) => a - b)).toEqual(train)
})

test('no picture outside of the roots is read', async () => {
  const bundle = await fittedPictures()
  const elsewhere = join(bundle.directory, 'elsewhere')
  await mkdir(elsewhere)
  const options = { directory: bundle.out, inputs: ['train/3'] }
  const within = await report({ ...options, out: bundle.report, roots: [elsewhere, bundle.directory] })
  expect([within.pictures > 0, within.missing]).toEqual([true, []])
  const outside = await report({ ...options, out: `${bundle.report}-2`, roots: [elsewhere] })
  expect([outside.pictures, outside.missing]).toEqual([0, [expect.stringContaining('outside of')]])
  expect(await picturesIn(`${bundle.report}-2`)).toEqual([])
  expect((await dataOf(`${bundle.report}-2`)).pictures.rows.train).toEqual([])
})

test('without labels and tests it still explains', async () => {
  const { labels: _, testLabels: __, testFeatures: ___, testLogits: ____, ...bundle } = await writeBundle()
  await fit(bundle)
  const out = join(bundle.directory, 'report')
  const { explained } = await report({ directory: bundle.out, out })
  const data = await dataOf(out)
  expect(explained).toBeGreaterThan(5)
  expect([data.suspects, data.mistakes, data.columns.test]).toEqual([null, { train: null, test: null }, null])
})

test('its page asks for nothing but the files beside it', async () => {
  const bundle = await fitted()
  await report({ directory: bundle.out, out: bundle.report, title: '<b>"digits"</b>' })
  expect((await readdir(bundle.report)).sort()).toEqual([
    'data.js',
    'index.html',
    'pictures',
    'report.css',
    'report.js',
  ])
  const page = await readFile(join(bundle.report, 'index.html'), 'utf8')
  expect(page).toContain('<title>&lt;b&gt;&quot;digits&quot;&lt;/b&gt;</title>')
  expect([...page.matchAll(/(?:src|href)="([^"]*)"/g)].map(([, file]) => file)).toEqual([
    'report.css',
    'data.js',
    'report.js',
  ])
})

test.each([
  [{ inputs: ['test/999'] }, 'example not found: test/999, expected 0 to 59'],
  [{ inputs: ['photo.png'] }, 'photo.png: no stored example, expected test/12 or train/12'],
  [{ suspects: -1 }, 'suspects: -1, expected a whole number, 0 or more'],
])('refused: %j', async (options, message) => {
  const bundle = await fitted()
  await expect(report({ directory: bundle.out, out: bundle.report, ...options })).rejects.toThrow(message)
  expect(await readdir(bundle.directory)).not.toContain('report')
})

test('a stop leaves nothing behind', async () => {
  const bundle = await fitted()
  const controller = new AbortController()
  const stopped = report({
    directory: bundle.out,
    out: bundle.report,
    signal: controller.signal,
    onProgress: ({ done }) => done === 3 && controller.abort(),
  })
  await expect(stopped).rejects.toThrow(/abort/i)
  expect((await readdir(bundle.directory)).filter(name => name.includes('report'))).toEqual([])
})
