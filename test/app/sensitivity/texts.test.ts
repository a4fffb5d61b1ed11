import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { fit } from '../../../src/app/fit/fit.ts'
import { inspect } from '../../../src/app/inspect/inspect.node.ts'
import { sensitivity } from '../../../src/app/sensitivity/sensitivity.ts'
import { random, randomNormal } from '../../../src/math/random.ts'
import { type Graph, graphModel, node, tensor } from '../../onnx/graphs.ts'
import { saveArray, temporaryDirectory } from '../bundle.ts'
import { expectNear, readMap, sharesOf } from './fitted.ts'

const [WORDS, LENGTH, WIDTH] = [12, 5, 4]

/** A text classifier: tanh of the mean vector of the tokens times W, and a head of two outputs. */
function classifier() {
  const normal = randomNormal(21)
  const values = (count: number) => Array.from({ length: count }, normal)
  const numbers = { table: values(WORDS * WIDTH), mix: values(WIDTH * 3), head: values(6) }
  const weights = [
    tensor('table', 'float32', [WORDS, WIDTH], numbers.table),
    tensor('mix', 'float32', [WIDTH, 3], numbers.mix),
    tensor('head', 'float32', [3, 2], numbers.head),
  ]
  const nodes = [
    node('Gather', ['table', 'x'], 'vectors'),
    node('ReduceMean', ['vectors'], 'mean', { axes: [1], keepdims: 0 }),
    node('MatMul', ['mean', 'mix'], 'mixed'),
    node('Tanh', ['mixed'], 'features'),
    node('MatMul', ['features', 'head'], 'y'),
  ]
  const graph: Graph = { x: [LENGTH], nodes, weights, type: 'int64' }
  return { graph, numbers }
}

async function fittedTexts(graph = classifier().graph) {
  const directory = await temporaryDirectory()
  const { numbers } = classifier()
  const model = join(directory, 'text.onnx')
  await writeFile(model, graphModel(graph))
  const uniform = random(5)
  const ids = Array.from({ length: 30 * LENGTH }, () => Math.floor(WORDS * uniform()))
  const data = BigInt64Array.from(ids, BigInt)
  const train = await saveArray(directory, 'ids', { dtype: 'int64', shape: [30, LENGTH], data })
  const out = join(directory, 'explainer')
  await fit({ model, train, out })
  const textOf = (row: number) => ids.slice(row * LENGTH, (row + 1) * LENGTH)
  return { directory, model, out, train, numbers, textOf, maps: join(directory, 'maps') }
}

/** ∂⟨v, features⟩ / ∂ one token's vector, by its formula: the same for every token. */
function slopeOf(
  { table, mix }: ReturnType<typeof classifier>['numbers'],
  text: number[],
  v: number[],
  noise: ArrayLike<number> = new Float64Array(LENGTH * WIDTH),
) {
  const mean = [0, 1, 2, 3].map(
    e => text.reduce((sum, id, t) => sum + table[id * WIDTH + e] + noise[t * WIDTH + e], 0) / LENGTH,
  )
  const slopes = v.map(
    (x, h) => x * (1 - Math.tanh(mean.reduce((sum, m, e) => sum + m * mix[3 * e + h], 0)) ** 2),
  )
  return mean.map((_, e) => slopes.reduce((sum, slope, h) => sum + slope * mix[3 * e + h], 0) / LENGTH)
}

test('a model of ids is inspected as one of numbers is', async () => {
  const { model } = await fittedTexts()
  const { verified } = await inspect({ model })
  expect(verified?.agrees).toBe(true)
})

describe('of a text', () => {
  test('maps are by the vectors of its tokens, which are found', async () => {
    const { out, maps, numbers, textOf } = await fittedTexts()
    const answer = await sensitivity({ directory: out, input: 'train/3', out: maps, k: 1, contrast: [1, 0] })
    expect(answer).toMatchObject({ target: 'tokens', tensor: 'vectors', shape: [LENGTH, WIDTH], scale: null })
    expect(answer.text).toEqual(textOf(3).map(id => ({ id, text: null })))
    const given = [0, 1, 2].map(h => numbers.head[2 * h + 1] - numbers.head[2 * h])
    const slope = slopeOf(numbers, textOf(3), given)
    const { shape, data } = await readMap(maps, 'given-map.npy')
    expect(shape).toEqual([LENGTH, WIDTH])
    expectNear(data, Array.from({ length: LENGTH }, () => slope).flat(), 1e-5)
    // One number a token: the norm.
    const norm = Math.hypot(...slope)
    expectNear(
      answer.given?.tokens ?? [],
      Array.from({ length: LENGTH }, () => norm),
      1e-5,
    )
    expect(sharesOf(answer)).toBeCloseTo(1, 5)
  })

  test('gradient × input adds up over its vectors, and over parts', async () => {
    const { out, maps, numbers, textOf } = await fittedTexts()
    const options = { directory: out, input: 'train/3', out: maps, k: 2, timesInput: true }
    const answer = await sensitivity({ ...options, contrast: [1, 0] })
    const given = [0, 1, 2].map(h => numbers.head[2 * h + 1] - numbers.head[2 * h])
    const slope = slopeOf(numbers, textOf(3), given)
    const expected = textOf(3).map(id =>
      slope.reduce((sum, x, e) => sum + x * numbers.table[id * WIDTH + e], 0),
    )
    expectNear(answer.given?.tokens ?? [], expected, 1e-5)
    const all = [...answer.parts, answer.rest].map(({ tokens }) => tokens ?? [])
    expectNear(
      all[0].map((_, k) => all.reduce((sum, tokens) => sum + tokens[k], 0)),
      answer.map.tokens ?? [],
      1e-5,
    )
  })

  test.each([
    ['any batch', {}],
    ['a batch that the file fixes', { batch: LENGTH }],
  ])('SmoothGrad has its noise on what the embedding gives, in %s', async (_, fixed) => {
    const { out, maps, numbers, textOf } = await fittedTexts({ ...classifier().graph, ...fixed })
    const options = { directory: out, input: 'train/3', k: 2, contrast: [1, 0] as const, force: true }
    const smooth = { samples: 6, noise: 0.4, seed: 9 }
    const answer = await sensitivity({ ...options, out: maps, ...smooth })
    const text = textOf(3)
    const vectors = Float32Array.from(text.flatMap(id => numbers.table.slice(id * WIDTH, (id + 1) * WIDTH)))
    const sigma = 0.4 * (Math.max(...vectors) - Math.min(...vectors))
    const normal = randomNormal(9)
    const given = [0, 1, 2].map(h => numbers.head[2 * h + 1] - numbers.head[2 * h])
    const each = Array.from({ length: 6 }, () => {
      const noise = Float64Array.from(vectors, () => sigma * normal())
      return slopeOf(numbers, text, given, noise)
    })
    const mean = each[0].map((_, e) => each.reduce((sum, slope) => sum + slope[e], 0) / 6)
    const expected = Array.from({ length: LENGTH }, () => mean).flat()
    expectNear((await readMap(maps, 'given-map.npy')).data, expected, 1e-5)
    expect(sharesOf(answer)).toBeCloseTo(1, 5)
    // The mean of the vectors gets all of what each of these gets a share of.
    await sensitivity({ ...options, out: maps, ...smooth, layer: 'mean' })
    expectNear(
      (await readMap(maps, 'given-map.npy')).data,
      mean.map(x => LENGTH * x),
      1e-5,
    )
    await sensitivity({ ...options, out: maps, ...smooth, timesInput: true })
    expectNear(
      (await readMap(maps, 'given-map.npy')).data,
      expected.map((x, i) => x * vectors[i]),
      1e-5,
    )
  })

  test('its page shows the tokens in colours, with their words where a tokenizer is given', async () => {
    const { out, directory, textOf } = await fittedTexts()
    const words = Array.from({ length: WORDS }, (_, id) => `w<${id}`)
    const [json, list] = [join(directory, 'tokenizer.json'), join(directory, 'vocab.txt')]
    const vocab = Object.fromEntries(words.slice(1).map((word, k) => [word, k + 1]))
    await writeFile(json, JSON.stringify({ model: { vocab }, added_tokens: [{ id: 0, content: words[0] }] }))
    await writeFile(list, words.join('\n'))
    const html = join(directory, 'page.html')
    for (const tokenizer of [json, list]) {
      const options = {
        directory: out,
        input: 'train/3',
        html,
        k: 1,
        pairs: true,
        timesInput: true,
        tokenizer,
      }
      const answer = await sensitivity(options)
      expect(answer.text?.map(({ text }) => text)).toEqual(textOf(3).map(id => words[id]))
      const [{ row, pair }] = answer.parts
      expect(pair?.text?.map(({ id }) => id)).toEqual(textOf(row))
      const page = await readFile(html, 'utf8')
      const spans = [...page.matchAll(/<span style="background: color-mix[^>]*>([^<]*)<\/span>/g)]
      const shown = textOf(3).map(id => `w&lt;${id}`)
      expect(spans.slice(0, LENGTH).map(([, text]) => text)).toEqual(shown)
    }
  })

  test.each<[object, string]>([
    [
      { layer: 'x' },
      'no gradient passes x on the way to the features, expected one such as mixed, mean, vectors',
    ],
  ])('%j is refused', async (options, message) => {
    const { out } = await fittedTexts()
    await expect(sensitivity({ directory: out, input: 'train/3', ...options })).rejects.toThrow(message)
  })

  test.each<[string, unknown]>([
    ['model: invalid input', { vocab: {} }],
    ['model: invalid input', { model: null }],
    ['model.vocab: invalid input', { model: {} }],
    ['model.vocab: invalid input', { model: { vocab: 'words' } }],
    ['model.vocab: invalid input', { model: { vocab: { a: '1' } } }],
    ['model.vocab: invalid input', { model: { vocab: [null] } }],
    ['added_tokens: invalid input', { model: { vocab: {} }, added_tokens: {} }],
    ['added_tokens.0.id: invalid input', { model: { vocab: {} }, added_tokens: [{ content: 'a' }] }],
    [
      'added_tokens.1: invalid input',
      { model: { vocab: {} }, added_tokens: [{ id: 0, content: 'a' }, null] },
    ],
  ])('a tokenizer whose %s is refused in one sentence', async (message, json) => {
    const path = join(await temporaryDirectory(), 'tokenizer.json')
    await writeFile(path, JSON.stringify(json))
    const asked = sensitivity({ directory: 'none', input: 'train/3', tokenizer: path })
    await expect(asked).rejects.toMatchObject({ code: 'format', name: 'UserError' })
    await expect(asked).rejects.toThrow(`${path}: ${message}`)
  })

  test('a tokenizer is refused where maps are by no tokens', async () => {
    const { out, directory } = await fittedTexts()
    const tokenizer = join(directory, 'vocab.txt')
    await writeFile(tokenizer, 'a\nb')
    const asked = sensitivity({ directory: out, input: 'train/3', tokenizer, layer: 'mean' })
    await expect(asked).rejects.toThrow('tokenizer: maps by mean are of no tokens, leave it out')
  })

  test('a tokenizer may have tokens with their scores, and none added', async () => {
    const { out, directory, textOf } = await fittedTexts()
    const path = join(directory, 'tokenizer.json')
    const vocab = Array.from({ length: WORDS }, (_, id) => [`w${id}`, -id])
    await writeFile(path, JSON.stringify({ model: { type: 'Unigram', vocab }, added_tokens: null }))
    const { text } = await sensitivity({ directory: out, input: 'train/3', tokenizer: path })
    expect(text).toEqual(textOf(3).map(id => ({ id, text: `w${id}` })))
  })

  test('of several embeddings each that a message offers is taken', async () => {
    const { graph } = classifier()
    const [first, ...others] = graph.nodes
    const nodes = [
      node('Gather', first.input, 'words'),
      node('Gather', ['table', 'x'], 'marks'),
      node('Add', ['words', 'marks'], 'vectors'),
      ...others,
    ]
    const { out } = await fittedTexts({ ...graph, nodes })
    const ask = (layer?: string) => sensitivity({ directory: out, input: 'train/3', ...(layer && { layer }) })
    await expect(ask()).rejects.toThrow('embeddings words, marks, expected one of them as --layer')
    for (const layer of ['words', 'marks', 'vectors', 'mean']) {
      const { tensor, target } = await ask(layer)
      expect([tensor, target]).toEqual([layer, layer === 'words' || layer === 'marks' ? 'tokens' : 'layer'])
    }
  })

  test('ids that are no whole numbers are refused', async () => {
    const { out, directory } = await fittedTexts()
    const data = Float32Array.from([1, 2.5, 3, 4, 5])
    const path = await saveArray(directory, 'halves', { dtype: 'float32', shape: [1, LENGTH], data })
    const asked = sensitivity({ directory: out, input: `${path}#0` })
    await expect(asked).rejects.toThrow('2.5 in an input of ids, expected whole numbers as int64')
  })
})
