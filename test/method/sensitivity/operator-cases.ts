import type { TensorProto } from '../../../src/onnx/proto.ts'
import { node, tensor } from '../../onnx/graphs.ts'
import {
  type Attributes,
  type Case,
  exact,
  float,
  integers,
  listed,
  one,
  pieces,
  scalar,
  weight,
} from './case.ts'
import { EINSUM } from './einsum-cases.ts'
import { RECURRENT } from './recurrent-cases.ts'
import { RESAMPLING } from './resampling-cases.ts'

const conv = (x: number[], w: number[], attributes: Attributes = {}): Case =>
  one('Conv', x, attributes, {
    weights: [weight('w', w)],
    ...exact,
    says: `${JSON.stringify(x)} ${JSON.stringify(w)} ${JSON.stringify(attributes)}`,
  })

const CONVOLUTIONS: Case[] = [
  conv([3, 7, 6], [4, 3, 3, 3]),
  conv([3, 7, 6], [4, 3, 3, 3], { pads: [1, 1, 1, 1] }),
  conv([3, 7, 6], [4, 3, 3, 3], { pads: [0, 2, 1, 0] }),
  conv([3, 7, 6], [4, 3, 1, 1]),
  // Six channels on the way back, which a kernel for graphics processors takes for three.
  conv([4, 7, 6], [6, 4, 3, 3], { pads: [1, 1, 1, 1] }),
  conv([3, 7, 6], [4, 3, 3, 2], { pads: [3, 3, 3, 3] }),
  conv([3, 8, 9], [4, 3, 3, 3], { strides: [2, 2], pads: [1, 1, 1, 1] }),
  conv([3, 8, 9], [4, 3, 3, 3], { strides: [3, 2], pads: [0, 1, 2, 0] }),
  conv([3, 8, 9], [4, 3, 1, 1], { strides: [2, 2] }),
  conv([3, 9, 9], [4, 3, 3, 3], { dilations: [2, 3], pads: [2, 2, 1, 3] }),
  conv([3, 9, 9], [4, 3, 3, 3], { dilations: [2, 2], strides: [2, 2], pads: [2, 2, 2, 2] }),
  conv([4, 7, 6], [6, 2, 3, 3], { group: 2, pads: [1, 1, 1, 1] }),
  conv([4, 7, 6], [6, 2, 3, 3], { group: 2, strides: [2, 2] }),
  conv([4, 7, 6], [4, 1, 3, 3], { group: 4, pads: [1, 1, 1, 1] }),
  conv([4, 7, 6], [8, 1, 3, 3], { group: 4, pads: [1, 1, 1, 1] }),
  conv([4, 7, 6], [8, 1, 5, 5], { group: 4, strides: [2, 2], pads: [2, 2, 2, 2] }),
  ...['SAME_UPPER', 'SAME_LOWER', 'VALID'].flatMap(auto_pad => [
    conv([3, 7, 6], [4, 3, 3, 2], { auto_pad }),
    conv([3, 7, 6], [4, 3, 4, 3], { auto_pad, strides: [2, 3] }),
  ]),
  conv([3, 11], [4, 3, 3], { strides: [2], pads: [1, 0] }),
  conv([2, 5, 4, 6], [3, 2, 2, 3, 3], { pads: [0, 1, 1, 1, 1, 1] }),
  ...[
    [[3, 5, 4], [3, 2, 3, 3], { strides: [2, 2], pads: [1, 1, 1, 1], output_padding: [1, 0] }],
    [[4, 5, 4], [4, 2, 3, 2], { group: 2, pads: [0, 1, 1, 0] }],
    [[4, 5, 4], [4, 6, 3, 3], {}],
    [[3, 5, 4], [3, 2, 3, 3], { dilations: [2, 1], strides: [1, 3] }],
  ].map(([x, w, attributes]) =>
    one('ConvTranspose', x as number[], attributes as Attributes, {
      weights: [weight('w', w as number[])],
      ...exact,
    }),
  ),
]

const POOLS: Attributes[] = [
  { kernel_shape: [2, 2], strides: [2, 2] },
  { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] },
  { kernel_shape: [3, 2], strides: [1, 1] },
  { kernel_shape: [3, 3], strides: [2, 2], ceil_mode: 1 },
  { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1], ceil_mode: 1 },
  { kernel_shape: [2, 2], strides: [3, 3] },
  { kernel_shape: [3, 3], strides: [2, 2], pads: [0, 1, 1, 0] },
  { kernel_shape: [3, 3], strides: [2, 2], auto_pad: 'SAME_UPPER' },
  { kernel_shape: [2, 3], auto_pad: 'SAME_LOWER' },
]

const POOLING: Case[] = [
  ...POOLS.flatMap(attributes => [
    one('MaxPool', [3, 7, 8], attributes, pieces),
    one('AveragePool', [3, 7, 8], attributes, exact),
    one('AveragePool', [3, 7, 8], { ...attributes, count_include_pad: 1 }, exact),
  ]),
  one('MaxPool', [3, 9, 9], { kernel_shape: [2, 3], dilations: [3, 2], strides: [2, 1] }, pieces),
  one('MaxPool', [3, 9], { kernel_shape: [3], strides: [2] }, pieces),
  one('MaxPool', [2, 5, 5, 5], { kernel_shape: [2, 2, 2], strides: [2, 2, 2], ceil_mode: 1 }, pieces),
  one(
    'AveragePool',
    [3, 9, 9],
    { kernel_shape: [2, 3], dilations: [3, 2], pads: [1, 1, 1, 1] },
    { ...exact, from: 21 },
  ),
  one('AveragePool', [3, 9], { kernel_shape: [3], strides: [2], pads: [1, 1] }, exact),
  one('GlobalAveragePool', [3, 5, 4], {}, exact),
  one('GlobalMaxPool', [3, 5, 4], {}, pieces),
]

const unary = (names: string, options: Partial<Case> = {}): Case[] =>
  names.split(' ').map(name => one(name, [3, 4], {}, options))

const FUNCTIONS: Case[] = [
  ...unary('Relu LeakyRelu Abs Neg Identity', pieces),
  ...unary('Sigmoid Tanh Erf Exp Softplus Softsign Elu Selu Sin Cos HardSigmoid'),
  ...unary('Log Sqrt Reciprocal', { positive: true }),
  ...unary('HardSwish', { from: 17 }),
  ...unary('Mish', { from: 18 }),
  one('Gelu', [3, 4], {}, { from: 20 }),
  one('Gelu', [3, 4], { approximate: 'tanh' }, { from: 20 }),
  one('LeakyRelu', [3, 4], { alpha: float(0.25) }, pieces),
  one('ThresholdedRelu', [3, 4], { alpha: float(-0.2505) }, pieces),
  one('Elu', [3, 4], { alpha: float(0.5) }),
  one('HardSigmoid', [3, 4], { alpha: float(0.25), beta: float(0.5) }, pieces),
  one('PRelu', [3, 4], {}, { weights: [weight('slope', [3, 1])], ...pieces }),
  one('Clip', [3, 4], {}, { weights: [scalar('lo', -1.3), scalar('hi', 0.7)], ...pieces }),
  one('Clip', [3, 4], {}, { weights: [scalar('lo', -0.3)], says: 'from below', ...pieces }),
  one('Pow', [3, 4], {}, { weights: [scalar('p', 2)], says: '2' }),
  one('Pow', [3, 4], {}, { weights: [scalar('p', 2.5)], positive: true, says: '2.5' }),
  one('Dropout', [3, 4], {}, { weights: [scalar('ratio', 0.5)], from: 13, ...exact }),
  one('Softmax', [3, 4], {}),
  one('Softmax', [3, 4], { axis: 1 }),
  one('Softmax', [3, 4, 2], { axis: -2 }, { from: 13 }),
  one('Softmax', [3, 4, 2], { axis: 2 }),
  one('LogSoftmax', [3, 4], { axis: 1 }),
  one('LogSoftmax', [3, 4], { axis: -1 }),
]

/** x halved, and something of each half. */
const halves = (opType: string, options: Partial<Case> = {}): Case => ({
  name: `${opType} of two`,
  x: [4, 3],
  graph: opset => ({
    nodes: [
      opset >= 13
        ? { ...node('Split', ['x', 'sizes'], 'a', { axis: 1 }), output: ['a', 'b'] }
        : { ...node('Split', ['x'], 'a', { axis: 1, split: [1, 3] }), output: ['a', 'b'] },
      node(opType, ['a', 'b'], 'y'),
    ],
    weights: [integers('sizes', [1, 3])],
  }),
  ...options,
})

const ARITHMETIC: Case[] = [
  ...['Add', 'Sub', 'Sum'].map(name => halves(name, exact)),
  ...['Max', 'Min'].map(name => halves(name, pieces)),
  halves('Mul'),
  halves('Div', { positive: true }),
  ...['Add', 'Sub', 'Mul', 'Div'].map(name =>
    one(
      name,
      [3, 1],
      {},
      { weights: [weight('w', [1, 1, 3, 4], { positive: true })], says: 'a constant', ...exact },
    ),
  ),
  {
    name: 'Mul and Add of x with itself',
    x: [3],
    graph: () => ({ nodes: [node('Mul', ['x', 'x'], 'xx'), node('Add', ['xx', 'x'], 'y')] }),
  },
  {
    name: 'Where',
    x: [3, 4],
    graph: () => ({
      nodes: [
        node('Greater', ['x', 'zero'], 'is'),
        node('Mul', ['x', 'w'], 'wx'),
        node('Where', ['is', 'x', 'wx'], 'y'),
      ],
      weights: [scalar('zero', 0), weight('w', [3, 4])],
    }),
    ...pieces,
  },
]

const attention: Case = {
  name: 'MatMul of x with itself',
  x: [2, 3, 4],
  graph: () => ({
    nodes: [node('Transpose', ['x'], 'xt', { perm: [0, 1, 3, 2] }), node('MatMul', ['x', 'xt'], 'y')],
  }),
}

const PRODUCTS: Case[] = [
  one('MatMul', [3, 4], {}, { weights: [weight('w', [4, 5])], ...exact }),
  one('MatMul', [2, 3, 4], {}, { weights: [weight('w', [2, 4, 5])], says: 'batched', ...exact }),
  {
    name: 'MatMul from the left',
    x: [4, 3],
    graph: () => ({ nodes: [node('MatMul', ['w', 'x'], 'y')], weights: [weight('w', [5, 4])] }),
    ...exact,
  },
  attention,
  ...[0, 1].flatMap(transB =>
    [0, 1].map(c => ({
      ...one('Gemm', [4], { transB, alpha: float(0.5), beta: float(2) }, exact),
      name: `Gemm transB ${transB}, ${c === 0 ? 'A' : 'A and C'}`,
      graph: () => ({
        nodes: [
          node('Identity', ['x'], 'a'),
          node('Gemm', ['a', 'w', c === 0 ? 'c' : 'x'], 'y', { transB, alpha: float(0.5), beta: float(2) }),
        ],
        weights: [weight('w', [4, 4]), weight('c', [4])],
      }),
    })),
  ),
  {
    name: 'Gemm from the right, all turned',
    x: [4],
    graph: () => ({
      nodes: [
        node('Gemm', ['w', 'x'], 'wx', { transA: 1, transB: 1 }),
        node('Transpose', ['wx'], 'y', { perm: [1, 0] }),
      ],
      weights: [weight('w', [4, 5])],
    }),
    ...exact,
  },
]

const vector = (name: string, size: number) => weight(name, [size], { positive: true })

const NORMALISATION: Case[] = [
  one(
    'BatchNormalization',
    [3, 4, 5],
    {},
    { weights: ['s', 'bb', 'mmm', 'vvvv'].map(name => vector(name, 3)), ...exact },
  ),
  one(
    'BatchNormalization',
    [3],
    {},
    { weights: ['s', 'bb', 'mmm', 'vvvv'].map(name => vector(name, 3)), says: 'of vectors', ...exact },
  ),
  one('InstanceNormalization', [3, 4, 5], {}, { weights: ['s', 'bb'].map(name => vector(name, 3)) }),
  one('LayerNormalization', [3, 4], {}, { weights: [vector('s', 4)], from: 17 }),
  one(
    'LayerNormalization',
    [3, 4],
    { axis: 1, epsilon: float(0.01) },
    { weights: [weight('s', [3, 4])], from: 17 },
  ),
  one(
    'GroupNormalization',
    [4, 3, 3],
    { num_groups: 2 },
    { weights: ['s', 'bb'].map(name => vector(name, 4)), from: 21 },
  ),
  one(
    'GroupNormalization',
    [4, 3, 3],
    { num_groups: 2 },
    { weights: ['s', 'bb'].map(name => vector(name, 2)), from: 18, to: 18, says: 'by group' },
  ),
]

const sliced = (starts: number[], ends: number[], axes: number[], steps: number[]): Case =>
  one(
    'Slice',
    [7, 5],
    {},
    {
      weights: [
        integers('starts', starts),
        integers('ends', ends),
        integers('axes', axes),
        integers('steps', steps),
      ],
      says: JSON.stringify([starts, ends, axes, steps]),
      ...exact,
    },
  )

const padded = (pads: number[]): Case =>
  one(
    'Pad',
    [3, 4],
    {},
    { weights: [integers('pads', pads), scalar('value', 2)], says: JSON.stringify(pads), ...exact },
  )

const gathered = (axis: number, indices: TensorProto): Case =>
  one('Gather', [5, 4], { axis }, { weights: [indices], says: `${axis} ${indices.dims.join()}`, ...exact })

/** Pieces of x, only some of which are used. */
const unused: Case = {
  name: 'Split, of which one part is used',
  x: [6],
  graph: opset => ({
    nodes: [
      {
        ...node('Split', opset >= 13 ? ['x', 'sizes'] : ['x'], 'a', {
          axis: 1,
          ...(opset < 13 && { split: [1, 2, 3] }),
        }),
        output: ['a', 'b', 'c'],
      },
      node('Identity', ['b'], 'y'),
    ],
    weights: [integers('sizes', [1, 2, 3])],
  }),
  ...exact,
}

const SHAPES: Case[] = [
  one('Reshape', [3, 4], {}, { weights: [integers('shape', [0, 2, -1])], ...exact }),
  one('Flatten', [3, 4], {}, exact),
  listed('Squeeze', [1, 4, 1], ['axes', 13, [1, 3]], {}, exact),
  listed('Unsqueeze', [3], ['axes', 13, [1, -1]], {}, exact),
  one('Transpose', [2, 3, 4], { perm: [0, 3, 1, 2] }, exact),
  one('Expand', [1, 4], {}, { weights: [integers('shape', [1, 3, 4])], ...exact }),
  one('Tile', [2, 3], {}, { weights: [integers('repeats', [1, 2, 3])], ...exact }),
  one('Concat', [3, 4], { axis: 1 }, exact),
  {
    name: 'Concat of three',
    x: [3, 4],
    graph: () => ({
      nodes: [
        node('Relu', ['x'], 'r'),
        node('Concat', ['x', 'w', 'r'], 'wide', { axis: 1 }),
        node('Identity', ['wide'], 'y'),
      ].map((made, i) => (i === 1 ? { ...made, input: ['x', 'x', 'r'] } : made)),
    }),
    ...pieces,
  },
  unused,
  sliced([1], [4], [1], [1]),
  sliced([0], [2 ** 31], [2], [2]),
  sliced([-2, 1], [-100, 100], [1, 2], [-2, 3]),
  sliced([-1, -1], [-(2 ** 31), -(2 ** 31)], [-1, -2], [-1, -3]),
  sliced([-3, -1000], [1000, -1], [1, 2], [1, 1]),
  padded([0, 1, 2, 0, 0, 3]),
  padded([0, -1, 0, 0, 1, -2]),
  one(
    'Pad',
    [3, 4],
    {},
    {
      weights: [integers('pads', [1, 2]), scalar('value', 0), integers('axes', [-1])],
      from: 18,
      says: 'axes',
      ...exact,
    },
  ),
  gathered(1, tensor('index', 'int64', [], [2])),
  gathered(2, tensor('index', 'int64', [1], [-1])),
  gathered(1, tensor('index', 'int32', [2, 3], [0, 4, 4, 1, -1, 0])),
  ...Object.entries({
    ReduceSum: exact,
    ReduceMean: exact,
    ReduceMax: pieces,
    ReduceMin: pieces,
    ReduceL1: pieces,
    ReduceL2: {},
    ReduceLogSum: { positive: true },
    ReduceSumSquare: {},
    ReduceLogSumExp: {},
  }).flatMap(([name, how]) => {
    const since = name === 'ReduceSum' ? 13 : 18
    return [
      listed(name, [3, 4], ['axes', since, [-1]], { keepdims: 0 }, how),
      listed(name, [3, 4], ['axes', since, [1, 2]], { keepdims: 1 }, how),
      // Without axes and told that this is none of them, what is done to each number is left.
      { ...listed(name, [3, 4], ['axes', since, []], { noop_with_empty_axes: 1 }, how), from: since },
    ]
  }),
]

export const CASES: readonly Case[] = [
  ...CONVOLUTIONS,
  ...POOLING,
  ...FUNCTIONS,
  ...ARITHMETIC,
  ...PRODUCTS,
  ...NORMALISATION,
  ...SHAPES,
  ...RECURRENT,
  ...EINSUM,
  ...RESAMPLING,
]
