import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parquetWriteBuffer } from 'hyparquet-writer'
import sharp from 'sharp'
import { expect, test } from 'vitest'
import { explainInputs } from '../../src/app/explain/inputs.ts'
import { openExplainer } from '../../src/app/explainer/open.ts'
import { fit } from '../../src/app/fit/fit.ts'
import { Shown } from '../../src/app/show/shown.ts'
import { random } from '../../src/math/random.ts'
import { temporaryDirectory } from './bundle.ts'

/** Takes pictures [1, 8, 8] and has four outputs. */
const model = join(import.meta.dirname, '../onnx/fixtures/conv.onnx')

const uniform = random(12)

const png = (): Promise<Uint8Array> =>
  sharp(
    Uint8Array.from({ length: 80 }, () => 256 * uniform()),
    { raw: { width: 8, height: 10, channels: 1 } },
  )
    .png()
    .toBuffer()
    .then(buffer => new Uint8Array(buffer))

const pictures = (n: number) => Promise.all(Array.from({ length: n }, png))

interface Table {
  readonly images: readonly Uint8Array[]
  readonly labels?: readonly (number | string | null)[]
  readonly names?: readonly string[]
}

/** A table of pictures in the layout of Hugging Face, in groups of three rows. */
async function writeTable(path: string, { images, labels, names }: Table): Promise<string> {
  const features = { image: { _type: 'Image' }, ...(names && { label: { _type: 'ClassLabel', names } }) }
  const isText = typeof labels?.[0] === 'string'
  const content = parquetWriteBuffer({
    rowGroupSize: 3,
    schema: [
      { name: 'root', num_children: labels ? 2 : 1 },
      { name: 'image', repetition_type: 'OPTIONAL', num_children: 2 },
      { name: 'bytes', type: 'BYTE_ARRAY', repetition_type: 'OPTIONAL' },
      { name: 'path', type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'OPTIONAL' },
      ...(labels
        ? [
            {
              name: 'label',
              repetition_type: 'OPTIONAL' as const,
              ...(isText
                ? { type: 'BYTE_ARRAY' as const, converted_type: 'UTF8' as const }
                : { type: 'INT64' as const }),
            },
          ]
        : []),
    ],
    columnData: [
      { name: 'image', data: images.map(bytes => ({ bytes, path: null })) },
      ...(labels
        ? [{ name: 'label', data: labels.map(label => (typeof label === 'number' ? BigInt(label) : label)) }]
        : []),
    ],
    kvMetadata: [{ key: 'huggingface', value: JSON.stringify({ info: { features } }) }],
  })
  await writeFile(path, new Uint8Array(content))
  return path
}

const NAMES = ['dog', 'ant', 'cat', 'bee']

test('pictures in Parquet are fitted group by group, with the names of their classes, and shown again', async () => {
  const directory = await temporaryDirectory()
  const images = await pictures(10)
  const labels = images.map((_, i) => i % 4)
  const train = await writeTable(join(directory, 'a.parquet'), { images, labels, names: NAMES })
  // The same names in another order are matched by name.
  const test = await writeTable(join(directory, 'b.parquet'), {
    images: images.slice(0, 4),
    labels: [0, 1, 2, 3],
    names: [...NAMES].reverse(),
  })
  const out = join(directory, 'explainer')
  expect(await fit({ model, train, test, out })).toMatchObject({ n: 10, c: 4 })
  const explainer = await openExplainer(out)
  const { examples, manifest } = explainer
  expect(manifest.classes).toEqual(NAMES)
  expect(Array.from(examples.labels ?? [])).toEqual(labels)
  expect(Array.from((await explainer.examplesOf('test')).labels ?? [])).toEqual([3, 2, 1, 0])
  expect([examples.ids.at(9), examples.paths?.[9]]).toEqual(['train/9', 'a.parquet#9'])

  const file = join(directory, 'nine.png')
  await writeFile(file, images[9])
  const explained = await explainInputs(explainer, ['train/9', file], { output: 0 })
  expect(explained[1].explanation.excitatory).toEqual(explained[0].explanation.excitatory)
  const shown = new Shown(explainer)
  const [stored, later] = await Promise.all(explained.map(input => shown.explanation(input)))
  expect(stored.input.picture).toEqual(later.input.picture)
  expect(shown.missing).toEqual([])
  await explainer.close()
})

test('shards are read in their order, those of the split alone', async () => {
  const directory = await temporaryDirectory()
  const data = join(directory, 'data')
  await mkdir(data)
  for (const [file, labels] of [
    ['train-00001-of-00002', ['dog', 'bee']],
    ['train-00000-of-00002', ['ant', 'cat', 'ant', 'bee']],
    ['validation-00000-of-00001', ['cat']],
  ] as const) {
    await writeTable(join(data, `${file}.parquet`), { images: await pictures(labels.length), labels })
  }
  const out = join(directory, 'explainer')
  expect(await fit({ model, train: data, test: data, out })).toMatchObject({ n: 6 })
  const { examples, manifest } = await openExplainer(out)
  expect(manifest).toMatchObject({ classes: ['ant', 'bee', 'cat', 'dog'], tests: 1 })
  expect(Array.from(examples.labels ?? [])).toEqual([0, 2, 0, 1, 3, 1])
})

test('a picture that cannot be read is named by its file and row', async () => {
  const directory = await temporaryDirectory()
  const images = await pictures(6)
  images[4] = Uint8Array.of(1, 2, 3)
  const train = await writeTable(join(directory, 'a.parquet'), { images })
  const options = { model, train, out: join(directory, 'explainer') }
  await expect(fit(options)).rejects.toThrow(`${train}#4: not an image`)
  const { n, skipped } = await fit({ ...options, skipBad: true })
  expect([n, skipped?.map(({ path }) => path)]).toEqual([5, ['a.parquet#4']])
})

test.each<[string, Omit<Table, 'images'>, string]>([
  ['a label without a name', { labels: [0, 1, 9], names: NAMES }, 'label 9 at row 2, expected 0 to 3'],
  ['a gap among labels', { labels: [0, null, 1] }, 'label null at row 1, expected a class index, 0 or more'],
  ['other classes', { labels: [0, 1, 0], names: ['a', 'b'] }, '2 classes, the model has 4 outputs'],
])('%s is refused', async (_, table, message) => {
  const directory = await temporaryDirectory()
  const train = await writeTable(join(directory, 'a.parquet'), { images: await pictures(3), ...table })
  await expect(fit({ model, train, out: join(directory, 'explainer') })).rejects.toThrow(message)
})
