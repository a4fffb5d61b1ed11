import { copyFile, mkdir, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
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

const uniform = random(11)

async function writePicture(path: string, width = 12, height = 10): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  const data = Uint8Array.from({ length: width * height * 3 }, () => 256 * uniform())
  await sharp(data, { raw: { width, height, channels: 3 } })
    .png()
    .toFile(path)
}

/** Pictures of several sizes in folders of these names. */
async function writeFolder(root: string, classes: readonly string[], each = 6): Promise<string> {
  for (const name of classes) {
    for (let i = 0; i < each; i++) await writePicture(join(root, name, `${i}.png`), 8 + i, 16 - i)
  }
  return root
}

const CLASSES = ['ant', 'bee', 'cat', 'dog']

test('a folder of pictures is fitted, and each picture explained later is treated as in training', async () => {
  const directory = await temporaryDirectory()
  const train = await writeFolder(join(directory, 'train'), CLASSES)
  const out = join(directory, 'explainer')
  const notes: string[] = []
  const answer = await fit({
    model,
    train,
    // Only two classes of the four, and so other indices.
    test: await writeFolder(join(directory, 'test'), ['dog', 'bee'], 2),
    out,
    size: 9,
    crop: 8,
    filter: 'bicubic',
    mean: [0.3],
    std: [0.4],
    onProgress: step => step.phase === 'pictures' && notes.push(step.note),
  })
  expect(answer).toMatchObject({ n: 24, c: 4, targets: 'teacher', skipped: [] })
  expect(answer.preprocess).toEqual({
    from: null,
    picture: {
      channels: 'grey',
      resize: { shortestEdge: 9 },
      filter: 'bicubic',
      crop: { height: 8, width: 8 },
    },
    scale: 1 / 255,
    mean: [0.3],
    std: [0.4],
  })
  expect(notes).toEqual([
    'pictures: grey; shortest edge to 9 pixels (bicubic); the middle 8 × 8 pixels; x · 0.003922; mean 0.3; std 0.4',
  ])

  const explainer = await openExplainer(out, { verify: true })
  expect(explainer.manifest.classes).toEqual(CLASSES)
  expect([...explainer.examples.ids].slice(5, 8)).toEqual(['ant/5.png', 'bee/0.png', 'bee/1.png'])
  expect(Array.from((await explainer.examplesOf('test')).labels ?? [])).toEqual([1, 1, 3, 3])

  const file = join(train, 'cat', '4.png')
  const { explanations } = await explain({ directory: out, inputs: ['train/cat/4.png', file], output: 'cat' })
  const [stored, later] = explanations
  expect({ ...later, input: stored.input, label: stored.label }).toEqual(stored)
  await explainer.close()
})

test('pages show the pictures again, and say where they are gone', async () => {
  const directory = await temporaryDirectory()
  const train = await writeFolder(join(directory, 'train'), CLASSES, 2)
  await writePicture(join(train, 'ant', 'large.png'), 300, 200)
  const out = join(directory, 'explainer')
  await fit({ model, train, out })
  const explainer = await openExplainer(out)
  const view = async () => {
    const shown = new Shown(explainer)
    const [explained] = await explainInputs(explainer, ['train/ant/large.png'], { k: 20 })
    return { ...(await shown.explanation(explained)), missing: shown.missing }
  }
  const { input, excitatory, inhibitory, missing } = await view()
  expect(missing).toEqual([])
  expect(input.picture).toMatchObject({ width: 128, height: 85 })
  expect([...excitatory, ...inhibitory].every(({ picture }) => picture !== null)).toBe(true)

  await rm(join(train, 'ant', 'large.png'))
  expect(await view()).toMatchObject({
    input: { picture: null },
    missing: [`${join(train, 'ant', 'large.png')}: no such file, check the path`],
  })
  await rm(train, { recursive: true })
  expect((await view()).missing).toEqual([`${train}: no such folder, check the path`])
})

test('the first picture that cannot be read ends the run; with skipBad all of them are left out', async () => {
  const directory = await temporaryDirectory()
  const train = await writeFolder(join(directory, 'train'), CLASSES)
  for (const name of ['bee/3.png', 'dog/0.png']) await writeFile(join(train, name), 'no picture')
  const options = { model, train, out: join(directory, 'explainer') }
  await expect(fit(options)).rejects.toThrow(`${join(train, 'bee/3.png')}: not an image`)
  const ids = join(directory, 'ids.txt')
  await writeFile(ids, Array.from({ length: 24 }, (_, row) => `picture ${row}`).join('\n'))
  const { n, skipped } = await fit({ ...options, skipBad: true, ids })
  expect(n).toBe(22)
  expect(skipped).toMatchObject([
    { split: 'train', row: 9, path: 'bee/3.png' },
    { split: 'train', row: 18, path: 'dog/0.png' },
  ])
  const { examples } = await openExplainer(options.out)
  expect(examples.paths?.slice(8, 10)).toEqual(['bee/2.png', 'bee/4.png'])
  expect([...examples.ids].slice(8, 10)).toEqual(['picture 8', 'picture 10'])
})

test('DIR/train and DIR/val are the halves of DIR', async () => {
  const directory = await temporaryDirectory()
  await writeFolder(join(directory, 'data/train'), CLASSES, 2)
  await writeFolder(join(directory, 'data/val'), CLASSES, 1)
  const data = join(directory, 'data')
  const out = join(directory, 'explainer')
  expect(await fit({ model, train: data, test: data, out })).toMatchObject({ n: 8 })
  expect((await openExplainer(out)).manifest.tests).toBe(4)
})

test('classes are matched by name with the outputs', async () => {
  const directory = await temporaryDirectory()
  const train = await writeFolder(join(directory, 'train'), ['bee', 'dog'], 3)
  const out = join(directory, 'explainer')
  await expect(fit({ model, train, out })).rejects.toThrow(
    `${train}: 2 classes, the model has 4 outputs, name these in their order with --classes FILE`,
  )
  const classes = join(directory, 'classes.txt')
  await writeFile(classes, 'dog\ncat\nbee\nant')
  await fit({ model, train, out, classes })
  const { examples, manifest } = await openExplainer(out)
  expect(Array.from(examples.labels ?? [])).toEqual([2, 2, 2, 0, 0, 0])
  expect(manifest.classes).toEqual(['dog', 'cat', 'bee', 'ant'])
  const other = await writeFolder(join(directory, 'other'), ['cow'], 1)
  await expect(fit({ model, train, test: other, out, classes, force: true })).rejects.toThrow(
    `${other}: class not found: cow, expected one of dog, cat, bee, ant`,
  )
})

test('a model with a configuration beside it names its outputs, and fewer classes are found among them', async () => {
  const directory = await temporaryDirectory()
  const named = join(directory, 'onnx', 'model.onnx')
  await mkdir(dirname(named))
  await copyFile(model, named)
  const config = join(directory, 'config.json')
  await writeFile(config, JSON.stringify({ id2label: { 0: 'dog', 1: 'cat', 2: 'bee', 3: 'ant' } }))
  const train = await writeFolder(join(directory, 'train'), ['bee', 'dog'], 3)
  const out = join(directory, 'explainer')
  await fit({ model: named, train, out })
  const { examples, manifest } = await openExplainer(out)
  expect(Array.from(examples.labels ?? [])).toEqual([2, 2, 2, 0, 0, 0])
  expect(manifest.classes).toEqual(['dog', 'cat', 'bee', 'ant'])

  const other = await writeFolder(join(directory, 'other'), ['cow', 'elk'], 1)
  await expect(fit({ model: named, train: other, out, force: true })).rejects.toThrow(
    `${other}: classes not found: cow, elk, expected one of dog, cat, bee, ant, or name the outputs in their order with --classes FILE`,
  )
  await writeFile(config, JSON.stringify({ id2label: { 0: 'bee', 1: 'cat', 2: 'bee', 3: 'dog' } }))
  await expect(fit({ model: named, train, out, force: true })).rejects.toThrow(
    `${train}: class bee: outputs 0 and 2 are both called so, name the outputs in their order with --classes FILE`,
  )
  // Arrays have no classes of their own, but outputs are named all the same.
  await writeFile(config, JSON.stringify({ id2label: { 0: 'w', 1: 'x', 2: 'y', 3: 'z' } }))
  const arrays = join(import.meta.dirname, '../onnx/fixtures/conv.npz')
  await fit({ model: named, train: arrays, out, force: true })
  expect((await openExplainer(out)).manifest.classes).toEqual(['w', 'x', 'y', 'z'])
})

test('a model about as good as chance is warned about', async () => {
  const directory = await temporaryDirectory()
  const train = await writeFolder(join(directory, 'train'), CLASSES, 3)
  const { warnings, accuracy } = await fit({ model, train, out: join(directory, 'explainer'), std: [100] })
  expect(accuracy.train).toBe(0.25)
  expect(warnings?.[0]).toMatch(
    /^the model is right on 25\.0 % of the train examples, about chance for 4 classes/,
  )
})

test.each<[string, (train: string) => Promise<unknown>, string]>([
  ['no classes', train => mkdir(train), 'no folders of pictures, expected one for each class'],
  ['an empty class', train => mkdir(join(train, 'ant'), { recursive: true }), 'no pictures, expected PNG'],
])('a folder with %s is refused', async (_, write, message) => {
  const directory = await temporaryDirectory()
  const train = join(directory, 'train')
  await write(train)
  await expect(fit({ model, train, out: join(directory, 'explainer') })).rejects.toThrow(message)
})

test('options for pictures are refused beside arrays', async () => {
  const directory = await temporaryDirectory()
  const train = join(import.meta.dirname, '../onnx/fixtures/conv.npz')
  const options = { model, train, out: join(directory, 'explainer') }
  await expect(fit({ ...options, size: 8 })).rejects.toThrow(
    `size: for pictures in files, ${train} is an array, leave it out`,
  )
})
