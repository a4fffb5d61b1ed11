import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { type Activation, type ActivationName, activationParts } from '../../src/onnx/activation.ts'
import { findHeads } from '../../src/onnx/head.ts'
import { findLayer, findLayers, type Layer } from '../../src/onnx/layers.ts'
import { readModel } from '../../src/onnx/model.ts'
import { decodeModel, encodeModel } from '../../src/onnx/proto.ts'
import type { ReadExternal } from '../../src/onnx/tensor.ts'
import { UserError } from '../../src/user-error.ts'
import { modelFixture, namesWithHead, readExternal } from './fixtures.ts'
import { type Graph, graphModel, node, tensor } from './graphs.ts'
import { hookedValues, layeredModel, layeredNames, moduleOf } from './layer-fixtures.ts'

const nothing: ReadExternal = async () => new Uint8Array(0)

const nonMonotone = (name: string): string =>
  `${name} behind it is non-monotone, which no convex loss suits: its pre-activation is explained, with the identity`

/** What make.py builds, without the layers that only running shows to be over positions. */
const expected: Record<string, Record<string, Activation | { note: string }>> = {
  mlp: {
    relu: 'relu',
    leaky_relu: 'leaky-relu:0.3',
    prelu: 'leaky-relu:0.25',
    elu: 'elu:0.7',
    softplus: 'softplus',
    sigmoid: 'sigmoid',
    tanh: 'tanh',
    hardsigmoid: 'hard-sigmoid:0.16666667,0.5',
    relu6: 'clip:0,6',
    clip: 'clip:-0.5,0.25',
    softmax: 'softmax',
    gelu: { note: nonMonotone('GELU') },
    gelu_tanh: { note: nonMonotone('GELU') },
    silu: { note: nonMonotone('SiLU') },
    mish: { note: nonMonotone('Mish') },
    hardswish: { note: nonMonotone('HardSwish') },
    head: 'identity',
  },
  tokens: { pooler: 'tanh', head: 'identity' },
  cnn: {
    squeeze: 'relu',
    excite: 'hard-sigmoid:0.16666667,0.5',
    residual: 'identity',
    hidden: 'clip:0,6',
    head: 'identity',
  },
  lstm: { hidden: 'elu:1', head: 'identity' },
}

test('every model is expected to have some layers', () => {
  expect(Object.keys(expected).sort()).toEqual(layeredNames)
})

/** σ of a row by its name, as its definition has it. */
const SIGMAS: Readonly<Record<ActivationName, (x: number, numbers: number[], row: number[]) => number>> = {
  softmax: (x, _, row) => Math.exp(x) / row.reduce((sum, other) => sum + Math.exp(other), 0),
  sigmoid: x => 1 / (1 + Math.exp(-x)),
  relu: x => Math.max(x, 0),
  tanh: x => Math.tanh(x),
  identity: x => x,
  softplus: x => Math.log1p(Math.exp(x)),
  'leaky-relu': (x, [slope]) => (x > 0 ? x : slope * x),
  elu: (x, [scale]) => (x > 0 ? x : scale * Math.expm1(x)),
  'hard-sigmoid': (x, [slope, offset]) => Math.min(Math.max(slope * x + offset, 0), 1),
  clip: (x, [low, high]) => Math.min(Math.max(x, low), high),
}

describe.each(layeredNames)('the layers of %s', name => {
  test('are those that PyTorch has, with the activations behind them', async () => {
    const { layers } = await findLayers(layeredModel(name), nothing)
    const found = new Map(layers.map(layer => [moduleOf(layer.layer), layer]))
    for (const [module, wanted] of Object.entries(expected[name])) {
      expect(found.get(module)).toMatchObject(
        typeof wanted === 'string'
          ? { activation: wanted, note: null }
          : { activation: 'identity', ...wanted },
      )
      expect(found.get(module)?.isHead).toBe(module === 'head')
    }
    // Those that are more are over positions or tokens.
    const values = await hookedValues(name)
    for (const module of found.keys()) {
      const shape = values.get(`${module}.features`)?.shape ?? []
      const isVector = shape.length === 2 || shape.slice(2).every(size => size === 1)
      expect(isVector).toBe(module in expected[name])
    }
  })

  test('give what PyTorch’s hooks saw, by the weight and bias and activation that were found', async () => {
    const values = await hookedValues(name)
    for (const [module, wanted] of Object.entries(expected[name])) {
      const [features, logits, activated] = ['features', 'logits', 'activated'].map(
        what => values.get(`${module}.${what}`)?.data as Float32Array,
      )
      const { layers } = await findLayers(layeredModel(name), nothing)
      const entry = layers.find(({ layer }) => moduleOf(layer) === module) as Layer
      const { weight, bias, d, c } = await findLayer(layeredModel(name), nothing, entry.layer)
      expect([weight.rows, weight.cols, bias?.length]).toEqual([d, c, c])
      const [n, { name: sigma, numbers }] = [features.length / d, activationParts(entry.activation)]
      for (let i = 0; i < n; i++) {
        const row = Array.from({ length: c }, (_, j) => {
          let sum = bias?.[j] ?? 0
          for (let a = 0; a < d; a++) sum += features[i * d + a] * weight.data[a * c + j]
          return sum
        })
        row.forEach((x, j) => {
          expect(x).toBeCloseTo(logits[i * c + j], 5)
          if (typeof wanted !== 'string' || !activated) return
          expect(SIGMAS[sigma](x, numbers, row)).toBeCloseTo(activated[i * c + j], 5)
        })
      }
    }
  })
})

test('every activation was compared with PyTorch’s', () => {
  const met = Object.values(expected).flatMap(layers => Object.values(layers))
  const names = met.flatMap(wanted => (typeof wanted === 'string' ? [activationParts(wanted).name] : []))
  expect([...new Set(names)].sort()).toEqual(Object.keys(SIGMAS).sort())
})

test.each(namesWithHead)('the head of %s is one of its layers, numbers and all', async name => {
  const model = modelFixture(name)
  const [head] = (await findHeads(model, readExternal)).heads
  const { layers } = await findLayers(model, readExternal)
  expect(layers.filter(({ isHead }) => isHead).map(({ layer }) => layer)).toEqual([head.layer])
  const { features, form, logits, weight, bias } = await findLayer(model, readExternal, head.layer)
  expect({ features, form, logits, weight, bias }).toEqual({
    features: head.features,
    form: head.form,
    logits: head.logits,
    weight: head.weight,
    bias: head.bias,
  })
})

test('the MNIST example has a hidden layer beside its head', async () => {
  const path = new URL('../../examples/mnist/mnist.onnx', import.meta.url)
  const { layers, refused } = await findLayers(readModel(readFileSync(path), 'mnist.onnx'), nothing)
  expect(layers.map(({ layer, activation, d, c, isHead }) => [layer, activation, d, c, isHead])).toEqual([
    ['/hidden/Gemm', 'relu', 784, 64, false],
    ['/head/Gemm', 'identity', 64, 10, true],
  ])
  expect(refused.map(({ op }) => op)).toEqual(['Conv', 'Conv'])
})

const w = tensor('w', 'float32', [3, 2], [1, -2, 0.5, 4, -3, 0.25])
const v = tensor('v', 'float32', [2, 2], [1, 2, 3, 4])
const b = tensor('b', 'float32', [2], [10, -20])

const read = (graph: Graph) => readModel(graphModel(graph), 'm.onnx')

describe('a layer inside a graph', () => {
  test('takes its biases and scales with it, up to what is more than that', async () => {
    const nodes = [
      node('MatMul', ['x', 'w'], 'h'),
      node('Add', ['b', 'h'], 'i'),
      node('Mul', ['i', 's'], 'j'),
      node('Relu', ['j'], 'k'),
      node('Gemm', ['k', 'v'], 'y'),
    ]
    const model = read({ nodes, weights: [w, v, b, tensor('s', 'float32', [], [2])] })
    const found = await findLayer(model, nothing, '/h')
    expect(found).toMatchObject({ logits: 'j', activation: 'relu', d: 3, c: 2, hasBias: true, isHead: false })
    expect(Array.from(found.weight.data)).toEqual([2, -4, 1, 8, -6, 0.5])
    expect(Array.from(found.bias ?? [])).toEqual([20, -40])
  })

  test('stops where its output goes to more than one node', async () => {
    const bare = [node('MatMul', ['x', 'w'], 'h'), node('Add', ['h', 'b'], 'i')]
    const residual = [...bare, node('Relu', ['i'], 'j'), node('Add', ['h', 'j'], 'y')]
    const { layers } = await findLayers(read({ nodes: residual, weights: [w, b] }), nothing)
    expect(layers).toMatchObject([{ layer: '/h', logits: 'h', hasBias: false, activation: 'identity' }])
  })

  test('that leads to an output is what leads there, though another node takes a part of it', async () => {
    const nodes = [
      node('MatMul', ['x', 'w'], 'h'),
      node('Add', ['h', 'b'], 'y'),
      node('Relu', ['h'], 'i'),
      node('Gemm', ['i', 'v'], 'z'),
    ]
    const { layers } = await findLayers(read({ nodes, weights: [w, v, b] }), nothing)
    expect(layers).toMatchObject([
      { layer: '/h', logits: 'y', hasBias: true, isHead: true },
      { layer: '/z', isHead: false },
    ])
  })

  test('that leads to several outputs is what leads to the first', async () => {
    const proto = decodeModel(
      graphModel({ nodes: [node('MatMul', ['x', 'w'], 'h'), node('Add', ['h', 'b'], 'y')], weights: [w, b] }),
    )
    proto.graph?.output.push({ name: 'h' })
    const { layers } = await findLayers(readModel(encodeModel(proto), 'm.onnx'), nothing)
    expect(layers.map(({ logits, isHead }) => [logits, isHead])).toEqual([['y', true]])
  })

  test('may have its weight first, where what it gives is transposed back', async () => {
    const nodes = [
      node('Transpose', ['x'], 't'),
      node('MatMul', ['w', 't'], 'p'),
      node('Transpose', ['p'], 'h'),
      node('Add', ['h', 'b'], 'i'),
      node('Tanh', ['i'], 'y'),
    ]
    const model = read({ nodes, weights: [{ ...w, dims: [2, 3] }, b] })
    expect((await findLayers(model, nothing)).layers).toMatchObject([
      { layer: '/p', features: 'x', logits: 'i', activation: 'tanh', hasBias: true },
    ])
  })

  test('is named by its node, or by the tensor that it gives, before its bias or behind it', async () => {
    const nodes = [
      node('MatMul', ['x', 'w'], 'h'),
      node('Add', ['h', 'b'], 'i'),
      node('Relu', ['i'], 'j'),
      node('Gemm', ['j', 'v'], 'y'),
    ]
    const model = read({ nodes, weights: [w, v, b] })
    for (const name of ['/h', 'h', 'i']) {
      expect((await findLayer(model, nothing, name)).layer).toBe('/h')
    }
    await expect(findLayer(model, nothing, 'j')).rejects.toThrow(
      new UserError('not-found', 'layer not found: j, expected one of /h, /y'),
    )
  })

  test('is named by its output where nodes share a name, and says so', async () => {
    const nodes = [node('MatMul', ['x', 'w'], 'h'), node('Relu', ['h'], 'i'), node('Gemm', ['i', 'v'], 'y')]
    nodes[0].name = 'dense'
    nodes[2].name = 'dense'
    const { layers } = await findLayers(read({ nodes, weights: [w, v] }), nothing)
    const note = 'called by its output, since dense is not its name alone'
    expect(layers.map(({ layer, note }) => [layer, note])).toEqual([
      ['h', note],
      ['y', note],
    ])
  })

  test('is never called as another gives its output', async () => {
    const nodes = [
      node('MatMul', ['x', 'w'], 'h'),
      node('Relu', ['h'], 'i'),
      node('MatMul', ['i', 'v'], 'j'),
      node('Relu', ['j'], 'y'),
    ]
    nodes[0].name = 'j'
    const model = read({ nodes, weights: [w, v] })
    const { layers } = await findLayers(model, nothing)
    expect(layers.map(({ layer }) => layer)).toEqual(['h', '/j'])
    expect((await findLayer(model, nothing, 'j')).features).toBe('i')
  })

  test('is listed without its weights being read, and read when it is chosen', async () => {
    const files: string[] = []
    const stored = [{ key: 'location', value: 'w.bin' }]
    const nodes = [
      node('MatMul', ['x', 'w'], 'h'),
      node('Relu', ['h'], 'i'),
      node('Gemm', ['i', 'v', 'b'], 'y'),
    ]
    const weights = [tensor('w', 'float32', [3, 2], [], stored), v, b]
    const reading: ReadExternal = async file => {
      files.push(file)
      return new Uint8Array(Float32Array.of(1, 2, 3, 4, 5, 6).buffer)
    }
    const model = read({ nodes, weights })
    expect((await findLayers(model, reading)).layers.map(({ d, c }) => [d, c])).toEqual([
      [3, 2],
      [2, 2],
    ])
    await findLayer(model, reading, '/y')
    expect(files).toEqual([])
    expect(Array.from((await findLayer(model, reading, '/h')).weight.data)).toEqual([1, 2, 3, 4, 5, 6])
    expect(files).toEqual(['w.bin'])
  })
})

describe('a layer that is refused says why', () => {
  const places = (sizes: string): string =>
    `it works over positions or tokens, expected one vector an example, got ${sizes}`
  const matmul: Graph = { nodes: [node('MatMul', ['x', 'w'], 'h'), node('Relu', ['h'], 'y')], weights: [w] }
  const conv = (kernel: number, map: number[], batch?: number): Graph => ({
    x: [3, ...map],
    ...(batch !== undefined && { batch }),
    nodes: [node('Conv', ['x', 'k'], 'h'), node('Relu', ['h'], 'y')],
    weights: [tensor('k', 'float32', [2, 3, kernel, kernel], Array(6 * kernel ** 2).fill(1))],
  })
  const quantised = 'it is quantised, expected a layer in float32, export the model in float32'

  test.each<[reason: string, graph: Graph]>([
    [places('[n, 7, 3]'), { ...matmul, x: [7, 3] }],
    [
      places('[7, 3]'),
      {
        ...matmul,
        x: [3],
        shapes: { f: [7, 3] },
        batch: 1,
        nodes: [node('Relu', ['x'], 'f'), node('MatMul', ['f', 'w'], 'h'), node('Relu', ['h'], 'y')],
      },
    ],
    [
      places('[n, 7, 2]'),
      {
        ...matmul,
        x: [3],
        shapes: { h: [null, 7, 2] },
        nodes: [node('Relu', ['x'], 'f'), node('MatMul', ['f', 'w'], 'h'), node('Relu', ['h'], 'y')],
      },
    ],
    [
      'it works across examples, expected one vector an example, got [1, 3]',
      {
        ...matmul,
        x: [3],
        shapes: { f: [1, 3] },
        batch: 4,
        nodes: [node('Relu', ['x'], 'f'), node('MatMul', ['f', 'w'], 'h'), node('Relu', ['h'], 'y')],
      },
    ],
    [places('[n, 3, 4, 5]'), conv(1, [4, 5])],
    ['its kernel is 3×3, expected 1×1, which is linear in what stands at one position', conv(3, [3, 3])],
    [
      'its weight is the input x of the model',
      { nodes: [node('MatMul', ['x', 'x'], 'h'), node('Relu', ['h'], 'y')] },
    ],
    [
      'its weight is shared with /i (MatMul), expected one that no other layer uses',
      {
        nodes: [node('MatMul', ['x', 'v'], 'h'), node('MatMul', ['h', 'v'], 'i'), node('Relu', ['i'], 'y')],
        weights: [v],
        x: [2],
      },
    ],
    [quantised, { nodes: [node('MatMulInteger', ['x', 'w'], 'h'), node('Relu', ['h'], 'y')], weights: [w] }],
    [
      quantised,
      {
        nodes: [
          node('MatMul', ['x', 'w'], 'h'),
          node('QuantizeLinear', ['h', 's'], 'q'),
          node('DequantizeLinear', ['q', 's'], 'y'),
        ],
        weights: [w, tensor('s', 'float32', [], [1])],
      },
    ],
    [
      "it is com.microsoft.FusedMatMul, expected ONNX's own operators, export without optimisations of one runtime",
      {
        nodes: [node('FusedMatMul', ['x', 'w'], 'h', {}, 'com.microsoft'), node('Relu', ['h'], 'y')],
        weights: [w],
      },
    ],
  ])('%s', async (reason, graph) => {
    const { layers, refused } = await findLayers(read(graph), nothing)
    expect(layers).toEqual([])
    expect(refused[0]).toEqual({ layer: '/h', op: expect.any(String), reason })
    const { op } = refused[0]
    await expect(findLayer(read(graph), nothing, '/h')).rejects.toThrow(
      new UserError('model', `m.onnx: layer /h (${op}) cannot be explained: ${reason}`),
    )
    await expect(findLayer(read(graph), nothing, 'z')).rejects.toThrow(
      new UserError('not-found', 'layer not found: z, the model has none that can be explained'),
    )
  })

  test.each<[string, Graph]>([
    ['a 1×1 convolution at one position', conv(1, [1, 1])],
    ['one token an example', { ...matmul, x: [1, 3] }],
    ['one example at a time', { ...matmul, batch: 1 }],
    ['sizes that the file leaves open', { ...matmul, shapes: { h: [null, null, 2] } }],
  ])('and is not refused for %s', async (_, graph) => {
    expect((await findLayers(read(graph), nothing)).layers.map(({ layer }) => layer)).toEqual(['/h'])
  })
})

describe('a graph of many nodes', () => {
  test('names the first of its layers where another was asked for', async () => {
    const nodes = Array.from({ length: 40 }, (_, k) => [
      node('MatMul', [k === 0 ? 'x' : `a${k}`, `w${k}`], `h${k}`),
      node('Relu', [`h${k}`], k === 39 ? 'y' : `a${k + 1}`),
    ]).flat()
    const weights = Array.from({ length: 40 }, (_, k) => ({ ...v, name: `w${k}` }))
    await expect(findLayer(read({ nodes, weights, x: [2] }), nothing, 'h')).rejects.toThrow(
      /^layer not found: h, expected one of \/h0, \/h1, .*, \/h11 or 28 more$/,
    )
  })

  test('is looked at once a node', async () => {
    const count = 5000
    const nodes = Array.from({ length: count }, (_, k) => [
      node('MatMul', [k === 0 ? 'x' : `a${k}`, `w${k}`], `h${k}`),
      node('Relu', [`h${k}`], k === count - 1 ? 'y' : `a${k + 1}`),
    ]).flat()
    const weights = Array.from({ length: count }, (_, k) => ({ ...v, name: `w${k}` }))
    const model = read({ nodes, weights, x: [2] })
    let looks = 0
    const counting = <K, V>(map: ReadonlyMap<K, V>): ReadonlyMap<K, V> =>
      new Proxy(map, {
        get: (target, key) => {
          if (key === 'get') looks++
          const value = Reflect.get(target, key, target)
          return typeof value === 'function' ? value.bind(target) : value
        },
      })
    const { consumers, producers, initializers, tensors } = model
    const counted = {
      ...model,
      consumers: counting(consumers),
      producers: counting(producers),
      initializers: counting(initializers),
      tensors: counting(tensors),
    }
    expect((await findLayers(counted, nothing)).layers).toHaveLength(count)
    expect(looks).toBeLessThan(20 * nodes.length)
  })
})
