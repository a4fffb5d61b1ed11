import { describe, expect, test } from 'vitest'
import { findLayers } from '../../src/onnx/layers.ts'
import { readModel } from '../../src/onnx/model.ts'
import type { NodeProto, TensorProto } from '../../src/onnx/proto.ts'
import { graphModel, node, tensor } from './graphs.ts'

const w = tensor('w', 'float32', [3, 2], [1, -2, 0.5, 4, -3, 0.25])
const scalar = (name: string, value: number, dims: number[] = []) => tensor(name, 'float32', dims, [value])
const float = (value: number) => ({ float: value })

interface Behind {
  readonly nodes: NodeProto[]
  readonly weights?: TensorProto[]
  readonly opset?: number
  readonly shapes?: Readonly<Record<string, (number | null)[]>>
}

/** What the layer h = x · w is found to be followed by, with one more node so that it is no head. */
async function followingOf({ nodes, weights = [], ...graph }: Behind) {
  const all = [node('MatMul', ['x', 'w'], 'h'), ...nodes, node('Erf', ['a'], 'y')]
  const model = readModel(graphModel({ nodes: all, weights: [w, ...weights], ...graph }), 'm.onnx')
  const { layers } = await findLayers(model, async () => new Uint8Array(0))
  expect(layers.map(({ layer, isHead }) => [layer, isHead])).toEqual([['/h', false]])
  const [{ activation, note, logits }] = layers
  return { activation, note, logits }
}

const one = (opType: string, attributes = {}, more: string[] = [], domain?: string) => [
  node(opType, ['h', ...more], 'a', attributes, domain),
]

describe('the activation behind a layer', () => {
  test.each<[activation: string, what: string, behind: Behind]>([
    ['relu', 'Relu', { nodes: one('Relu') }],
    ['sigmoid', 'Sigmoid', { nodes: one('Sigmoid') }],
    ['tanh', 'Tanh', { nodes: one('Tanh') }],
    ['softplus', 'Softplus', { nodes: one('Softplus') }],
    ['leaky-relu:0.01', 'LeakyRelu', { nodes: one('LeakyRelu') }],
    ['leaky-relu:0.3', 'LeakyRelu with its alpha', { nodes: one('LeakyRelu', { alpha: float(0.3) }) }],
    ['leaky-relu:0', 'LeakyRelu with alpha 0', { nodes: one('LeakyRelu', { alpha: float(0) }) }],
    [
      'leaky-relu:0.25',
      'PRelu of one slope',
      { nodes: one('PRelu', {}, ['s']), weights: [scalar('s', 0.25, [1])] },
    ],
    ['elu:1', 'Elu', { nodes: one('Elu') }],
    ['elu:0.7', 'Elu with its alpha', { nodes: one('Elu', { alpha: float(0.7) }) }],
    ['hard-sigmoid:0.2,0.5', 'HardSigmoid', { nodes: one('HardSigmoid') }],
    [
      'hard-sigmoid:0.25,0.4',
      'HardSigmoid with its numbers',
      { nodes: one('HardSigmoid', { alpha: float(0.25), beta: float(0.4) }) },
    ],
    [
      'clip:0,6',
      'Clip with its bounds as inputs',
      { nodes: one('Clip', {}, ['l', 'u']), weights: [scalar('l', 0), scalar('u', 6)] },
    ],
    [
      'clip:-1,2.5',
      'Clip with its bounds as attributes, before opset 11',
      { nodes: one('Clip', { min: float(-1), max: float(2.5) }), opset: 10 },
    ],
    [
      'clip:-Infinity,6',
      'Clip without a minimum',
      { nodes: one('Clip', {}, ['', 'u']), weights: [scalar('u', 6)] },
    ],
    [
      'clip:-1,Infinity',
      'Clip without a maximum',
      { nodes: one('Clip', {}, ['l']), weights: [scalar('l', -1)] },
    ],
    ['relu', 'Clip at 0', { nodes: one('Clip', {}, ['l']), weights: [scalar('l', 0)] }],
    [
      'relu',
      'Clip at 0 and the largest number of all',
      { nodes: one('Clip', { min: float(0), max: float((2 - 2 ** -23) * 2 ** 127) }), opset: 9 },
    ],
    ['identity', 'Clip at nothing', { nodes: one('Clip') }],
    [
      'identity',
      'Clip the wrong way round',
      { nodes: one('Clip', {}, ['l', 'u']), weights: [scalar('l', 6), scalar('u', 0)] },
    ],
    ['relu', 'Max with 0', { nodes: one('Max', {}, ['z']), weights: [scalar('z', 0)] }],
    ['clip:-Infinity,6', 'Min with 6', { nodes: [node('Min', ['z', 'h'], 'a')], weights: [scalar('z', 6)] }],
    ['softmax', 'Softmax', { nodes: one('Softmax') }],
    ['softmax', 'LogSoftmax over axis 1', { nodes: one('LogSoftmax', { axis: 1 }) }],
    ['softmax', 'Softmax before opset 13', { nodes: one('Softmax'), opset: 12 }],
    ['identity', 'Softmax over examples', { nodes: one('Softmax', { axis: 0 }) }],
    ['identity', 'nothing elementwise', { nodes: [node('Add', ['h', 'x'], 'a')] }],
    [
      'identity',
      'a normalisation',
      {
        nodes: one('BatchNormalization', {}, ['s', 's', 's', 's']),
        weights: [tensor('s', 'float32', [2], [1, 2])],
      },
    ],
    ['identity', 'an operator of another domain', { nodes: one('Relu', {}, [], 'mine') }],
    [
      'identity',
      'a slope for each output',
      { nodes: one('PRelu', {}, ['s']), weights: [tensor('s', 'float32', [2], [0.1, 0.2])] },
    ],
    [
      'identity',
      'bounds that are computed',
      { nodes: [node('ReduceMax', ['x'], 'u'), ...one('Clip', {}, ['', 'u'])] },
    ],
  ])('%s: %s', async (activation, _, behind) => {
    expect(await followingOf(behind)).toMatchObject({ activation, note: null })
  })

  test.each<[string, Behind]>([
    ['Identity', { nodes: [node('Identity', ['h'], 'v'), node('Relu', ['v'], 'a')] }],
    ['Dropout', { nodes: [node('Dropout', ['h'], 'v'), node('Relu', ['v'], 'a')] }],
    [
      'several views',
      { nodes: [node('Flatten', ['h'], 'u'), node('Cast', ['u'], 'v', { to: 1 }), node('Relu', ['v'], 'a')] },
    ],
    [
      'several nodes of one kind',
      { nodes: [node('Relu', ['h'], 'a'), node('Relu', ['h'], 'b'), node('Add', ['a', 'b'], 'c')] },
    ],
    ['a view that goes nowhere', { nodes: [node('Identity', ['h'], 'exposed'), node('Relu', ['h'], 'a')] }],
  ])('is looked for behind %s', async (_, behind) => {
    expect(await followingOf(behind)).toEqual({ activation: 'relu', note: null, logits: 'h' })
  })

  test('is none where different nodes take the output', async () => {
    const nodes = [node('Relu', ['h'], 'a'), node('Tanh', ['h'], 'b'), node('Add', ['a', 'b'], 'c')]
    expect(await followingOf({ nodes })).toMatchObject({ activation: 'identity', note: null })
  })

  test('is a softmax only over all outputs, not over parts that a view puts apart', async () => {
    const nodes = [node('Reshape', ['h', 's'], 'v'), node('Softmax', ['v'], 'a')]
    const weights = [tensor('s', 'int64', [2], [-1, 2])]
    expect((await followingOf({ nodes, weights })).activation).toBe('identity')
    expect((await followingOf({ nodes, weights, shapes: { v: [null, 2] } })).activation).toBe('softmax')
    expect((await followingOf({ nodes, weights, shapes: { v: [null, 1] } })).activation).toBe('identity')
    expect((await followingOf({ nodes, weights, shapes: { v: [null, 2, 1] } })).activation).toBe('identity')
    const flat = [node('Flatten', ['h'], 'v'), node('Softmax', ['v'], 'a')]
    expect((await followingOf({ nodes: flat })).activation).toBe('softmax')
  })
})

const half = scalar('half', 0.5)
const unit = scalar('unit', 1)
const root = scalar('root', Math.SQRT2)
const cube = scalar('cube', 0.044715)
const three = scalar('three', 3)
const six = scalar('six', 6)
const zero = scalar('zero', 0)

describe('a non-monotone activation is said to be one, and its pre-activation offered', () => {
  test.each<[name: string, what: string, behind: Behind]>([
    ...['Gelu', 'HardSwish', 'Mish', 'Swish'].map((opType): [string, string, Behind] => [
      { Gelu: 'GELU', Swish: 'SiLU' }[opType] ?? opType,
      opType,
      { nodes: one(opType) },
    ]),
    ...['Gelu', 'FastGelu', 'QuickGelu'].map((opType): [string, string, Behind] => [
      'GELU',
      opType,
      { nodes: one(opType, {}, [], 'com.microsoft') },
    ]),
    [
      'GELU',
      'x · ½(1 + erf(x / √2))',
      {
        nodes: [
          node('Div', ['h', 'root'], 'b'),
          node('Erf', ['b'], 'c'),
          node('Add', ['c', 'unit'], 'd'),
          node('Mul', ['d', 'half'], 'e'),
          node('Mul', ['h', 'e'], 'a'),
        ],
        weights: [half, unit, root],
      },
    ],
    [
      'GELU',
      '½x · (1 + tanh(√(2/π)(x + 0.044715x³)))',
      {
        nodes: [
          node('Mul', ['half', 'h'], 'b'),
          node('Pow', ['h', 'three'], 'c'),
          node('Mul', ['c', 'cube'], 'd'),
          node('Add', ['h', 'd'], 'e'),
          node('Mul', ['e', 'root'], 'f'),
          node('Tanh', ['f'], 'g'),
          node('Add', ['g', 'unit'], 'i'),
          node('Mul', ['b', 'i'], 'a'),
        ],
        weights: [half, unit, root, cube, three],
      },
    ],
    [
      'GELU',
      'the same with x · x · x',
      {
        nodes: [
          node('Mul', ['h', 'h'], 'b'),
          node('Mul', ['b', 'h'], 'c'),
          node('Mul', ['c', 'cube'], 'd'),
          node('Add', ['h', 'd'], 'e'),
          node('Tanh', ['e'], 'g'),
          node('Add', ['g', 'unit'], 'i'),
          node('Mul', ['h', 'i'], 'a'),
        ],
        weights: [unit, cube],
      },
    ],
    ['SiLU', 'x · sigmoid(x)', { nodes: [node('Sigmoid', ['h'], 'b'), node('Mul', ['h', 'b'], 'a')] }],
    [
      'SiLU',
      'x · sigmoid(x), behind a view',
      { nodes: [node('Flatten', ['h'], 'v'), node('Sigmoid', ['v'], 'b'), node('Mul', ['b', 'v'], 'a')] },
    ],
    [
      'SiLU',
      'x / (1 + e⁻ˣ)',
      {
        nodes: [
          node('Neg', ['h'], 'b'),
          node('Exp', ['b'], 'c'),
          node('Add', ['c', 'unit'], 'd'),
          node('Div', ['h', 'd'], 'a'),
        ],
        weights: [unit],
      },
    ],
    [
      'Mish',
      'x · tanh(softplus(x))',
      { nodes: [node('Softplus', ['h'], 'b'), node('Tanh', ['b'], 'c'), node('Mul', ['h', 'c'], 'a')] },
    ],
    [
      'HardSwish',
      'x · hard-sigmoid(x)',
      { nodes: [node('HardSigmoid', ['h'], 'b'), node('Mul', ['h', 'b'], 'a')] },
    ],
    [
      'HardSwish',
      'x · clip(x + 3, 0, 6) / 6',
      {
        nodes: [
          node('Add', ['h', 'three'], 'b'),
          node('Clip', ['b', 'zero', 'six'], 'c'),
          node('Mul', ['h', 'c'], 'd'),
          node('Div', ['d', 'six'], 'a'),
        ],
        weights: [zero, three, six],
      },
    ],
    ['LeakyRelu with -0.5', 'LeakyRelu', { nodes: one('LeakyRelu', { alpha: float(-0.5) }) }],
    ['Elu with -1', 'Elu', { nodes: one('Elu', { alpha: float(-1) }) }],
    ['PRelu with -0.25', 'PRelu', { nodes: one('PRelu', {}, ['s']), weights: [scalar('s', -0.25)] }],
    ['HardSigmoid with -1, 0.5', 'HardSigmoid', { nodes: one('HardSigmoid', { alpha: float(-1) }) }],
  ])('%s: %s', async (name, _, behind) => {
    expect(await followingOf(behind)).toEqual({
      activation: 'identity',
      note: `${name} behind it is non-monotone, which no convex loss suits: its pre-activation is explained, with the identity`,
      logits: 'h',
    })
  })

  test.each<[string, Behind]>([
    ['a gate from elsewhere', { nodes: [node('Sigmoid', ['x'], 'b'), node('Mul', ['h', 'b'], 'a')] }],
    [
      'a gate whose output also goes on bare',
      {
        nodes: [
          node('Sigmoid', ['h'], 'b'),
          node('Mul', ['h', 'b'], 'c'),
          node('Concat', ['h', 'c'], 'a', { axis: 1 }),
        ],
      },
    ],
    ['a square', { nodes: [node('Mul', ['h', 'h'], 'a')] }],
    [
      'a gate times many constants',
      {
        nodes: [node('Sigmoid', ['h'], 'b'), node('Mul', ['b', 's'], 'c'), node('Mul', ['h', 'c'], 'a')],
        weights: [tensor('s', 'float32', [2], [1, 2])],
      },
    ],
  ])('but not behind %s', async (_, behind) => {
    expect(await followingOf(behind)).toMatchObject({ activation: 'identity', note: null })
  })
})
