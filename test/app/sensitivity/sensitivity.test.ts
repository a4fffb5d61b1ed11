import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import { describe, expect, test } from 'vitest'
import { openExplainer } from '../../../src/app/explainer/open.ts'
import { fit } from '../../../src/app/fit/fit.ts'
import type { FitOptions } from '../../../src/app/fit/options.ts'
import { sensitivity } from '../../../src/app/sensitivity/sensitivity.ts'
import { random, randomNormal } from '../../../src/math/random.ts'
import { graphModel, node, tensor } from '../../onnx/graphs.ts'
import { saveArray, temporaryDirectory, writeBundle } from '../bundle.ts'
import { differences, expectNear, fitted, modelPath, readMap, sharesOf } from './fitted.ts'

describe.each<[string, string, readonly number[], Partial<FitOptions>]>([
  ['a network', 'gemm', [6], {}],
  ['a fixed batch', 'gemm-fixed-batch', [6], {}],
  ['weights in a file beside', 'gemm-external', [6], {}],
  ['pictures', 'conv', [1, 8, 8], {}],
  ['averaged features', 'conv-before-pooling', [1, 8, 8], {}],
  ['a centred kernel', 'gemm', [6], { bias: 'free', kernel: 'centred' }],
  ['features in half precision', 'gemm', [6], { dtype: 'float16' }],
])('of %s', (_, name, shape, options) => {
  test('maps are the gradients of logit, given logit and representer values', async () => {
    const { out, maps, input, ...rest } = await fitted(modelPath(name), shape, options)
    const answer = await sensitivity({ directory: out, input: 'train/3', out: maps, k: 2 })
    const explainer = await openExplainer(out)
    const { output } = answer
    const x = input(3)
    const explainedAt = (x: Float32Array) => explainer.explainInput(x, { output, k: 40 })
    const { shape: sizes, data: map } = await readMap(maps, 'map.npy')
    expect([sizes, answer.shape]).toEqual([rest.shape, rest.shape])
    expectNear(map, await differences(x, async x => (await explainedAt(x)).logit), 2e-3)
    const given = await readMap(maps, 'given-map.npy')
    expectNear(
      given.data,
      await differences(x, async x => (await explainedAt(x)).givenLogit ?? Number.NaN),
      2e-3,
    )
    for (const { row, file } of answer.parts) {
      const valueAt = async (x: Float32Array) => {
        const { excitatory, inhibitory } = await explainedAt(x)
        return [...excitatory, ...inhibitory].find(entry => entry.row === row)?.value ?? Number.NaN
      }
      expectNear((await readMap(maps, file)).data, await differences(x, valueAt), 2e-3)
    }
    await explainer.close()
  })

  test('parts and rest add up to the whole', async () => {
    const { out, maps } = await fitted(modelPath(name), shape, options)
    const answer = await sensitivity({ directory: out, input: 'train/5', out: maps, k: 3 })
    const files = [...answer.parts.map(({ file }) => file), answer.rest.file]
    expect(files.slice(0, 2)).toEqual(['part-00.npy', 'part-01.npy'])
    const parts = await Promise.all(files.map(async file => (await readMap(maps, file)).data))
    const { data: whole } = await readMap(maps, 'map.npy')
    const sum = whole.map((_, i) => parts.reduce((sum, part) => sum + part[i], 0))
    expectNear(sum, whole, 1e-5)
    expect(answer.difference).toBeLessThan(1e-6)
    expect(sharesOf(answer)).toBeCloseTo(1, 5)
  })
})

test('the map of a contrast is the difference of the maps of its outputs', async () => {
  const { out, maps } = await fitted(modelPath('conv'), [1, 8, 8])
  const at = async (choices: object) => {
    await sensitivity({ directory: out, input: 'train/1', out: maps, force: true, ...choices })
    return Promise.all(['map.npy', 'given-map.npy'].map(async file => (await readMap(maps, file)).data))
  }
  const [a, b, both] = [await at({ output: 2 }), await at({ output: 0 }), await at({ contrast: [2, 0] })]
  for (const k of [0, 1])
    expectNear(
      both[k],
      a[k].map((x, i) => x - b[k][i]),
      1e-5,
    )
})

test('an input has one map, whether it is stored, a row of an array or a picture', async () => {
  const directory = await temporaryDirectory()
  const uniform = random(5)
  const pixels = Uint8Array.from({ length: 30 * 64 }, () => Math.floor(256 * uniform()))
  const train = await saveArray(directory, 'pictures', { dtype: 'uint8', shape: [30, 8, 8], data: pixels })
  const out = join(directory, 'explainer')
  await fit({ model: modelPath('conv'), train, out, mean: [0.2], std: [0.5] })
  const picture = join(directory, 'four.png')
  await sharp(pixels.subarray(4 * 64, 5 * 64), { raw: { width: 8, height: 8, channels: 1 } })
    .png()
    .toFile(picture)
  const maps = join(directory, 'maps')
  const found: unknown[] = []
  for (const input of ['train/4', `${train}#4`, picture]) {
    const { input: _, ...answer } = await sensitivity({ directory: out, input, out: maps, force: true })
    // A stored example has no label here either, and its features were stored in single precision.
    found.push([answer, await readMap(maps, 'map.npy'), await readMap(maps, 'part-03.npy')])
  }
  expect(found[1]).toEqual(found[0])
  expect(found[2]).toEqual(found[0])
})

test('an example from a folder is read in its own size again', async () => {
  const directory = await temporaryDirectory()
  const uniform = random(6)
  for (const name of ['ant', 'bee', 'cat', 'dog']) {
    await mkdir(join(directory, 'train', name), { recursive: true })
    for (let i = 0; i < 4; i++) {
      const data = Uint8Array.from({ length: 150 * 140 }, () => 256 * uniform())
      const raw = { width: 150, height: 140, channels: 1 as const }
      await sharp(data, { raw })
        .png()
        .toFile(join(directory, 'train', name, `${i}.png`))
    }
  }
  const out = join(directory, 'explainer')
  await fit({
    model: modelPath('conv'),
    train: join(directory, 'train'),
    out,
    size: 8,
    crop: 8,
    mean: [0.5],
    std: [0.03],
  })
  const answer = await sensitivity({ directory: out, input: 'train/6', out: join(directory, 'maps') })
  expect(sharesOf(answer)).toBeCloseTo(1, 5)
})

describe('nothing is written, and a sentence says why,', () => {
  test('without a network', async () => {
    const bundle = await writeBundle()
    await fit(bundle)
    const asked = sensitivity({
      directory: bundle.out,
      input: 'train/3',
      out: join(bundle.directory, 'maps'),
    })
    await expect(asked).rejects.toThrow(
      `${bundle.out}: no network in it, expected features, or run fit with --model to explain inputs`,
    )
  })

  test('where something else stands in the folder', async () => {
    const { out, maps } = await fitted(modelPath('gemm'), [6])
    const ask = (force: boolean) => sensitivity({ directory: out, input: 'train/3', out: maps, force })
    await ask(false)
    await expect(ask(false)).rejects.toThrow('a folder of maps already, add --force to replace it')
    await ask(true)
    await writeFile(join(maps, 'notes.txt'), '')
    await expect(ask(true)).rejects.toThrow('notes.txt in it is of no folder of maps, choose another --out')
  })

  test('before the work where its outputs cannot be written', async () => {
    const { out, maps, directory } = await fitted(modelPath('gemm'), [6])
    await mkdir(maps)
    await writeFile(join(maps, 'map.npy'), 'mine')
    await mkdir(join(directory, 'page.html'))
    // An input that is not there: whoever is told of outputs was told before anything was read.
    const ask = (outputs: object) => sensitivity({ directory: out, input: 'train/nothing', ...outputs })
    const [page, other] = [join(directory, 'page.html'), join(directory, 'none/page.html')]
    await expect(ask({ out: maps })).rejects.toThrow('a folder of maps already, add --force to replace it')
    await expect(ask({ html: page })).rejects.toThrow('a directory, expected a file to write')
    await expect(ask({ html: other })).rejects.toThrow(
      `no directory ${join(directory, 'none')}, make it first`,
    )
    await expect(ask({ out: maps, force: true, html: join(maps, 'page.html') })).rejects.toThrow(
      `which holds nothing but maps, choose another place`,
    )
  })

  test('and no maps are left where the page beside them cannot be written', async () => {
    const { out, maps, directory } = await fitted(modelPath('gemm'), [6])
    const base = { directory: out, input: 'train/3', k: 1 }
    // A disk that is full.
    const html = '/dev/full'
    await expect(sensitivity({ ...base, out: maps, html })).rejects.toThrow('no space left on the disk')
    expect(await readdir(directory)).not.toContain('maps')
    await sensitivity({ ...base, out: maps })
    const before = await readFile(join(maps, 'map.npy'))
    const again = sensitivity({ ...base, input: 'train/4', out: maps, html, force: true })
    await expect(again).rejects.toThrow('no space left on the disk')
    expect(await readFile(join(maps, 'map.npy'))).toEqual(before)
  })

  test('where the data are others by now', async () => {
    const { out, maps, train, directory } = await fitted(modelPath('gemm'), [6])
    const data = Float32Array.from({ length: 240 }, () => 1)
    await saveArray(directory, 'inputs', { dtype: 'float32', shape: [40, 6], data })
    const ask = () => sensitivity({ directory: out, input: 'train/3', out: maps })
    await expect(ask()).rejects.toThrow('train/3: its file is no longer what it was in training')
    await rm(train)
    await expect(ask()).rejects.toThrow(train)
    await expect(readFile(join(maps, 'map.npy'))).rejects.toThrow('ENOENT')
  })

  test('where the training inputs of pairs are others by now', async () => {
    const { out, maps, input, directory } = await fitted(modelPath('gemm'), [6])
    // All but the one that is explained.
    const data = new Float32Array(240).fill(1)
    data.set(input(3), 3 * 6)
    await saveArray(directory, 'inputs', { dtype: 'float32', shape: [40, 6], data })
    const options = { directory: out, input: 'train/3', k: 2 }
    const { parts } = await sensitivity(options)
    const { row } = parts.find(({ row }) => row !== 3) ?? { row: Number.NaN }
    const message = `train/${row}: its file is no longer what it was in training, expected the same example`
    await expect(sensitivity({ ...options, out: maps, pairs: true })).rejects.toThrow(message)
    await expect(readFile(join(maps, 'map.npy'))).rejects.toThrow('ENOENT')
  })

  test('where a gradient cannot pass the network', async () => {
    const directory = await temporaryDirectory()
    const path = join(directory, 'model.onnx')
    const weights = [tensor('w', 'float32', [3, 2], [1, 2, 3, -1, 2, 4])]
    const nodes = [node('LpNormalization', ['x'], 'f'), node('MatMul', ['f', 'w'], 'y')]
    await writeFile(path, graphModel({ nodes, weights }))
    const data = Float32Array.from({ length: 60 }, randomNormal(2))
    const train = await saveArray(directory, 'inputs', { dtype: 'float32', shape: [20, 3], data })
    const out = join(directory, 'explainer')
    await fit({ model: path, train, out })
    await expect(
      sensitivity({ directory: out, input: 'train/3', out: join(directory, 'maps') }),
    ).rejects.toThrow(
      'model/model.onnx: /f (LpNormalization): its gradient is not known, export the model without it',
    )
  })
})
