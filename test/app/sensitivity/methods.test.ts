import { readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { openExplainer } from '../../../src/app/explainer/open.ts'
import type { FitOptions } from '../../../src/app/fit/options.ts'
import { type SensitivityOptions, sensitivity } from '../../../src/app/sensitivity/sensitivity.ts'
import { randomNormal } from '../../../src/math/random.ts'
import { graphModel, node, tensor } from '../../onnx/graphs.ts'
import { temporaryDirectory } from '../bundle.ts'
import { differences, expectNear, fitted, modelPath, readMap, sharesOf } from './fitted.ts'

/** Smooth everywhere, so that differences tell gradients: tanh(x W₁) W₂ by x [6]. */
async function smoothModel(): Promise<string> {
  const path = join(await temporaryDirectory(), 'smooth.onnx')
  const normal = randomNormal(12)
  const weights = (name: string, rows: number, cols: number) =>
    tensor(name, 'float32', [rows, cols], Array.from({ length: rows * cols }, normal))
  const nodes = [
    node('MatMul', ['x', 'first'], 'a'),
    node('Tanh', ['a'], 'hidden'),
    node('MatMul', ['hidden', 'second'], 'f'),
    node('Tanh', ['f'], 'features'),
    node('MatMul', ['features', 'head'], 'y'),
  ]
  const given = [weights('first', 6, 7), weights('second', 7, 5), weights('head', 5, 3)]
  await writeFile(path, graphModel({ x: [6], nodes, weights: given }))
  return path
}

const smooth = async () => fitted(await smoothModel(), [6])

/** Every map that an answer names, but the given head's. */
async function mapsOf(folder: string, options: SensitivityOptions) {
  const answer = await sensitivity({ ...options, out: folder, force: true })
  const read = async ({ file }: { file: string | null }) => (await readMap(folder, file)).data
  return {
    answer,
    whole: await read(answer.map),
    parts: await Promise.all([...answer.parts, ...answer.groups].map(read)),
    overlap: answer.overlap && (await read(answer.overlap)),
    rest: await read(answer.rest),
  }
}

const sum = (maps: readonly Float32Array[]) =>
  Array.from(maps[0], (_, i) => maps.reduce((total, map) => total + map[i], 0))

describe.each<[string, Partial<SensitivityOptions>]>([
  ['gradient', {}],
  ['gradient × input', { timesInput: true }],
  ['SmoothGrad', { method: 'smoothgrad', samples: 7 }],
  ['SmoothGrad × input', { samples: 5, noise: 0.3, seed: 4, timesInput: true }],
  ['a layer', { layer: 'hidden' }],
  ['a layer × its value', { layer: '/hidden', timesInput: true }],
  ['a layer, smoothed', { layer: 'hidden', samples: 5 }],
  ['a class as one part', { groups: ['1'] }],
  ['classes and examples, which overlap', { groups: [0, 1], k: 3 }],
])('of %s', (_, options) => {
  test('parts and rest, less what is in several, add up to the whole', async () => {
    const { out, maps } = await smooth()
    const found = await mapsOf(maps, { directory: out, input: 'train/5', ...options })
    const { whole, parts, overlap, rest, answer } = found
    const all = sum([...parts, rest])
    expectNear(overlap ? all.map((x, i) => x - overlap[i]) : all, whole, 1e-5)
    expect(answer.difference).toBeLessThan(1e-6)
    expect(sharesOf(answer)).toBeCloseTo(1, 5)
    expect(parts.length).toBeGreaterThan(0)
  })
})

test('gradient × input is the gradient times the input, of every map', async () => {
  const { out, maps, input } = await smooth()
  const at = (timesInput: boolean) => mapsOf(maps, { directory: out, input: 'train/5', k: 2, timesInput })
  const [plain, times] = [await at(false), await at(true)]
  const x = input(5)
  expectNear(
    times.whole,
    Array.from(plain.whole, (g, i) => g * x[i]),
    1e-6,
  )
  expectNear(
    times.parts[1],
    Array.from(plain.parts[1], (g, i) => g * x[i]),
    1e-6,
  )
})

describe('SmoothGrad', () => {
  test('is the mean of gradients at inputs with the noise of its seed', async () => {
    const { out, maps, input } = await smooth()
    const options = { directory: out, input: 'train/5', k: 1, output: 1, samples: 6, seed: 3 }
    const { whole, answer } = await mapsOf(maps, options)
    const [x, noise] = [input(5), randomNormal(3)]
    const sigma = 0.15 * (Math.max(...x) - Math.min(...x))
    const explainer = await openExplainer(out)
    const logitAt = async (x: Float32Array) => (await explainer.explainInput(x, { output: 1 })).logit
    const each: number[][] = []
    for (let s = 0; s < 6; s++)
      each.push(
        await differences(
          x.map(value => value + sigma * noise()),
          logitAt,
        ),
      )
    expectNear(
      whole,
      each[0].map((_, i) => each.reduce((total, map) => total + map[i], 0) / 6),
      2e-3,
    )
    expect(answer.method).toEqual({ name: 'smoothgrad', timesInput: false, samples: 6, noise: 0.15, seed: 3 })
    await explainer.close()
  })

  test.each(['conv', 'conv-before-pooling'])(
    'of %s is the same to the last bit whatever memory it has',
    async name => {
      const { out, maps } = await fitted(modelPath(name), [1, 8, 8])
      const at = async (memory?: string) => {
        const options = { directory: out, input: 'train/5', samples: 4, ...(memory && { memory }) }
        const { answer: _, ...found } = await mapsOf(maps, options)
        return found
      }
      expect(await at('40KiB')).toEqual(await at())
    },
  )

  test.each<[Partial<SensitivityOptions>, string]>([
    [{ method: 'gradient', samples: 3 }, 'samples with method gradient: expected smoothgrad, leave one out'],
    [{ samples: 0 }, 'samples: 0, expected a whole number, 1 to 100000'],
    [{ noise: -1 }, "noise: -1, expected a share of the input's range, 0 to 10"],
    [{ seed: 0.5 }, 'seed: 0.5, expected a whole number, 0 to 4294967295'],
    [{ samples: 3, memory: 64 }, 'memory: 64 bytes, model/model.onnx takes'],
  ])('with %j is refused', async (options, message) => {
    const { out } = await fitted(modelPath('gemm'), [6])
    await expect(sensitivity({ directory: out, input: 'train/5', ...options })).rejects.toThrow(message)
  })
})

describe('a group', () => {
  test('is the sum of the parts of its examples, in one map', async () => {
    const { out, maps, directory } = await smooth()
    const base = { directory: out, input: 'train/5', output: 1 }
    const every = await mapsOf(maps, { ...base, k: 40 })
    const rows = every.answer.parts.slice(0, 5).map(({ row }) => row)
    const [ids, csv] = [join(directory, 'ids.csv'), join(directory, 'rows.jsonl')]
    await writeFile(ids, ['id,note', ...rows.map(row => `train/${row},x`)].join('\n'))
    await writeFile(csv, rows.map(row => JSON.stringify({ row })).join('\n'))
    for (const path of [ids, csv]) {
      const { answer, parts } = await mapsOf(maps, { ...base, selections: [path] })
      expect(answer.groups[0]).toMatchObject({ name: path, examples: 5, file: 'group-00.npy' })
      expectNear(parts[0], sum(every.parts.slice(0, 5)), 1e-5)
      const value = every.answer.parts.slice(0, 5).reduce((total, part) => total + part.value, 0)
      expect(answer.groups[0].value).toBeCloseTo(value, 5)
      expect([answer.parts, answer.overlap]).toEqual([[], null])
    }
  })

  test.each<[string, Partial<FitOptions>]>([
    ['a regularised bias', {}],
    ['a free bias', { bias: 'free' }],
    ['a centred kernel', { bias: 'free', kernel: 'centred' }],
  ])('of a class has the value of its sum by class, with %s', async (_, setting) => {
    const { out, maps } = await fitted(modelPath('gemm'), [6], setting)
    const explainer = await openExplainer(out)
    const { byClass } = await explainer.explainStored('train', 5, { output: 2 })
    const options = { directory: out, input: 'train/5', output: 2, groups: byClass.map(({ name }) => name) }
    const { answer, parts, whole, rest } = await mapsOf(maps, options)
    for (const [k, { value }] of byClass.entries()) expect(answer.groups[k].value).toBeCloseTo(value, 4)
    // All classes are all examples: what is left is the residual.
    expectNear(sum(parts), whole, 1e-3)
    expect(Math.max(...rest.map(Math.abs))).toBeLessThan(1e-3 * Math.max(...whole.map(Math.abs)))
    await explainer.close()
  })

  test('that overlaps others is told of', async () => {
    const { out, maps } = await smooth()
    const options = { directory: out, input: 'train/5', groups: [1, 1] }
    const { parts, overlap } = await mapsOf(maps, options)
    expectNear(overlap ?? [], parts[0], 1e-5)
  })

  test.each<[string, string, string]>([
    ['id\ncow', 'line 2: no training example cow, expected an id', 'ids.csv'],
    ['row\n40', 'line 2: no training example 40, expected a row, 0 to 39', 'ids.csv'],
    ['name\ncow', 'columns name, expected id or row of training examples', 'ids.csv'],
    ['id\n', 'no rows, expected training examples', 'ids.csv'],
  ])('of %j is refused', async (text, message, name) => {
    const { out, directory } = await smooth()
    const path = join(directory, name)
    await writeFile(path, text)
    const asked = sensitivity({ directory: out, input: 'train/5', selections: [path] })
    await expect(asked).rejects.toThrow(message)
  })
})

test('a layer that is not there is answered with the names near it', async () => {
  const { out } = await smooth()
  const asked = sensitivity({ directory: out, input: 'train/5', layer: 'hiden' })
  await expect(asked).rejects.toThrow('tensor not found: hiden, expected one such as hidden, ')
})

test('the map of a layer has its shape; × its value it has that of a tanh, below 1', async () => {
  const { out, maps } = await smooth()
  const base = { directory: out, input: 'train/5', output: 1, k: 0, layer: 'hidden' }
  const [plain, timed] = [await mapsOf(maps, base), await mapsOf(maps, { ...base, timesInput: true })]
  expect(plain.answer).toMatchObject({ target: 'layer', tensor: 'hidden', shape: [7], scale: null })
  expect(timed.whole.every((x, i) => Math.abs(x) < Math.abs(plain.whole[i]))).toBe(true)
})

describe('the other side of a pair', () => {
  test.each<[string, object]>([
    ['', {}],
    [' under a centred kernel', { bias: 'free', kernel: 'centred' }],
  ])('is the gradient of the similarity by the training input%s', async (_, setting) => {
    const { out, maps, input } = await fitted(await smoothModel(), [6], setting)
    const answer = await sensitivity({ directory: out, input: 'train/5', out: maps, k: 1, pairs: true })
    const explainer = await openExplainer(out)
    const { features } = await explainer.stored('train', 5)
    const { mean } = explainer.gradientOf(answer)
    for (const { row, pair } of answer.parts) {
      const similarity = async (x: Float32Array) => {
        const { features: other } = await explainer.runNetwork(x, 'x', 'ready')
        return other.reduce(
          (total, f, a) => total + (f - (mean?.[a] ?? 0)) * (features[a] - (mean?.[a] ?? 0)),
          0,
        )
      }
      const expected = await differences(input(row), similarity)
      expectNear((await readMap(maps, pair?.file ?? null)).data, expected, 2e-3)
    }
    await explainer.close()
  })
})

test('nothing but its own files is ever replaced', async () => {
  const { out, maps } = await fitted(modelPath('conv'), [1, 8, 8])
  const options = { directory: out, input: 'train/3', out: maps, force: true, k: 1 }
  await sensitivity({ ...options, pairs: true, groups: [0, 1], k: 2 })
  expect(await readdir(maps)).toEqual(expect.arrayContaining(['pair-03.png', 'group-01.npy', 'overlap.png']))
  await sensitivity(options)
  expect((await readdir(maps)).sort()).toEqual(
    ['given-map', 'map', 'part-00', 'part-01', 'rest'].flatMap(name => [`${name}.npy`, `${name}.png`]),
  )
  for (const name of ['map.jpg', 'part-1.npy', 'mapmap.npy', 'notes.txt']) {
    await writeFile(join(maps, name), '')
    await expect(sensitivity(options)).rejects.toThrow(`${name} in it is of no folder of maps`)
    await sensitivity({ ...options, out: join(maps, '..', `maps-${name}`) })
    expect(await readdir(maps)).toContain(name)
    await rm(join(maps, name))
  }
})
