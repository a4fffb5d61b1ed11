import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'fflate'
import { packTar } from 'modern-tar'
import sharp from 'sharp'
import { expect, test } from 'vitest'
import { explain } from '../../src/app/explain/explain.ts'
import { explainInputs } from '../../src/app/explain/inputs.ts'
import { openExplainer } from '../../src/app/explainer/open.ts'
import { fit } from '../../src/app/fit/fit.ts'
import { Shown } from '../../src/app/show/shown.ts'
import { random } from '../../src/math/random.ts'
import { temporaryDirectory } from './bundle.ts'

/** Takes pictures [1, 8, 8] and has four outputs. */
const model = join(import.meta.dirname, '../onnx/fixtures/conv.onnx')
const NAMES = ['ant', 'bee', 'cat', 'dog']

const uniform = random(13)

async function png(): Promise<Uint8Array> {
  const data = Uint8Array.from({ length: 80 }, () => 256 * uniform())
  const raw = { width: 8, height: 10, channels: 1 } as const
  return new Uint8Array(await sharp(data, { raw }).png().toBuffer())
}

type Files = readonly (readonly [name: string, body: Uint8Array | string])[]

const pack = (files: Files): Promise<Uint8Array> =>
  packTar(
    files.map(([name, content]) => {
      const body = typeof content === 'string' ? new TextEncoder().encode(content) : content
      return { header: { name, size: body.length }, body }
    }),
  )

/** Samples with these keys, and for each what stands beside its picture. */
async function samples(
  keys: readonly string[],
  beside: (i: number) => Readonly<Record<string, string>>,
): Promise<Files> {
  const groups = keys.map(async (key, i) => {
    const others = Object.entries(beside(i)).map(
      ([extension, text]) => [`${key}.${extension}`, text] as const,
    )
    return [[`${key}.png`, await png()] as const, ...others]
  })
  return (await Promise.all(groups)).flat()
}

const keys = (from: number, n: number) =>
  Array.from({ length: n }, (_, i) => String(from + i).padStart(6, '0'))

test('archives are fitted like folders, explained, and shown again', async () => {
  const directory = await temporaryDirectory()
  const shards = join(directory, 'shards')
  await mkdir(shards)
  const first = await samples(keys(0, 6), i => ({ cls: `${NAMES[i % 4]}\n`, txt: 'a caption' }))
  const second = await samples(keys(6, 5), i => ({ json: JSON.stringify({ label: NAMES[i % 4] }) }))
  await writeFile(join(shards, 'train-000.tar'), await pack(first))
  await writeFile(join(shards, 'train-001.tar.gz'), gzipSync(await pack(second)))
  await writeFile(join(shards, 'test-000.tar'), await pack(await samples(keys(0, 2), () => ({ cls: 'cat' }))))
  const out = join(directory, 'explainer')
  expect(await fit({ model, train: shards, test: shards, out })).toMatchObject({ n: 11, c: 4 })

  const explainer = await openExplainer(out, { verify: true })
  expect(explainer.manifest.classes).toEqual(NAMES)
  expect([...explainer.examples.ids]).toEqual(keys(0, 11))
  expect(Array.from(explainer.examples.labels ?? [])).toEqual([0, 1, 2, 3, 0, 1, 0, 1, 2, 3, 0])
  expect(Array.from((await explainer.examplesOf('test')).labels ?? [])).toEqual([2, 2])

  const picture = join(directory, 'again.png')
  await writeFile(picture, second[0][1])
  const { explanations } = await explain({ directory: out, inputs: ['train/000006', picture] })
  const [stored, later] = explanations
  expect({ ...later, input: stored.input, label: stored.label }).toEqual(stored)

  const view = async () => {
    const shown = new Shown(explainer)
    const [explained] = await explainInputs(explainer, ['train/000006'], { k: 20 })
    return { ...(await shown.explanation(explained)), missing: shown.missing }
  }
  const { input, excitatory, missing } = await view()
  expect(missing).toEqual([])
  expect([input, ...excitatory].every(({ picture }) => picture?.width === 8)).toBe(true)
  await rm(join(shards, 'train-001.tar.gz'))
  expect((await view()).missing).toEqual([
    `${join(shards, 'train-001.tar.gz')}: no such file, check the path`,
  ])
})

test('a range of numbers names archives, whose equal keys are told apart', async () => {
  const directory = await temporaryDirectory()
  for (const k of [8, 9, 10]) {
    const files = await samples(keys(0, 2), i => ({ cls: String(i) }))
    await writeFile(join(directory, `part-${String(k).padStart(2, '0')}.tar`), await pack(files))
  }
  const out = join(directory, 'explainer')
  await fit({ model, train: join(directory, 'part-{08..10}.tar'), out })
  const { ids, labels } = (await openExplainer(out)).examples
  expect([...ids].slice(3)).toEqual([
    'part-09.tar#000001.png',
    'part-10.tar#000000.png',
    'part-10.tar#000001.png',
  ])
  expect(Array.from(labels ?? [])).toEqual([0, 1, 0, 1, 0, 1])
  await expect(fit({ model, train: join(directory, 'part-{9..8}.tar'), out, force: true })).rejects.toThrow(
    '{9..8}, expected a range upwards, of at most 100000 files',
  )
  await expect(fit({ model, train: join(directory, 'part-{10..11}.tar'), out, force: true })).rejects.toThrow(
    `${join(directory, 'part-11.tar')}: no such file, check the path`,
  )
})

test('a text is the label where it is all there is beside the picture', async () => {
  const directory = await temporaryDirectory()
  const train = join(directory, 'x.tar')
  await writeFile(train, await pack(await samples(keys(0, 4), i => ({ txt: NAMES[i] }))))
  await fit({ model, train, out: join(directory, 'a') })
  expect((await openExplainer(join(directory, 'a'))).manifest.classes).toEqual(NAMES)
  await writeFile(train, await pack(await samples(keys(0, 4), i => ({ txt: NAMES[i], npy: 'x' }))))
  await fit({ model, train, out: join(directory, 'b') })
  expect((await openExplainer(join(directory, 'b'))).examples.labels).toBeNull()
})

test.each<[string, Files, string]>([
  ['no picture', [['0.cls', '1']], '0: no picture among cls, expected jpg, jpeg, png, webp'],
  [
    'a file twice',
    [
      ['0.png', ''],
      ['1.png', ''],
      ['0.png', ''],
    ],
    '0.png twice, expected each file once',
  ],
  [
    'no label in a label',
    [
      ['0.png', ''],
      ['0.cls', ' '],
    ],
    '0.cls: no label in it, expected an index or',
  ],
  [
    'JSON that is none',
    [
      ['0.png', ''],
      ['0.json', '{'],
    ],
    '0.json: no label in it, expected an index or',
  ],
  [
    'labels here and there',
    [
      ['0.png', ''],
      ['0.cls', '1'],
      ['1.png', ''],
    ],
    'no label at x.tar#1.png, expected one for each picture or for none',
  ],
  ['nothing', [], 'no files in it, expected pictures'],
  ['a picture that is none', [['a.b/0.png', 'x']], '#a.b/0.png: not an image'],
])('an archive with %s is refused', async (_, files, message) => {
  const directory = await temporaryDirectory()
  const train = join(directory, 'x.tar')
  await writeFile(train, await pack(files))
  await expect(fit({ model, train, out: join(directory, 'explainer') })).rejects.toThrow(message)
})
