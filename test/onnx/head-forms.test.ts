import { describe, expect, test } from 'vitest'
import { random } from '../../src/math/random.ts'
import { inputShapeFor, product } from '../../src/method/network/input-shape.ts'
import { exposeHead, Network } from '../../src/method/network/network.ts'
import { verifyModel } from '../../src/method/network/verify-head.ts'
import { findHeads, type Head } from '../../src/onnx/head.ts'
import { readModel } from '../../src/onnx/model.ts'
import type { NodeProto, TensorProto } from '../../src/onnx/proto.ts'
import type { ReadExternal } from '../../src/onnx/tensor.ts'
import { cpuRuntime } from '../../src/runtime/onnxruntime.node.ts'
import type { ExternalData } from '../../src/runtime/runtime.ts'
import { type Graph, graphModel, node, tensor } from './graphs.ts'

/*
 * One layer, logits = x · W + b with W [3, 2] = W_DC, in every form that exporters write. Each is run: the
 * exposed features, through the weight and bias found, are the model's own output.
 */
const W_DC = [1, -2, 0.5, 4, -3, 0.25]
const W_CD = [1, 0.5, -3, -2, 4, 0.25]
const B = [10, -20]

const float = (name: string, dims: number[], values: readonly number[]) =>
  tensor(name, 'float32', dims, values)
const ints = (name: string, values: readonly number[]) => tensor(name, 'int64', [values.length], values)

const dc = float('w', [3, 2], W_DC)
const cd = float('w', [2, 3], W_CD)
const bias = float('b', [2], B)
const matmul = node('MatMul', ['x', 'w'], 'h')

const nothing: ReadExternal = async () => new Uint8Array(0)

async function read(graph: Graph, readExternal = nothing) {
  const model = readModel(graphModel(graph), 'm.onnx')
  return { model, ...(await findHeads(model, readExternal)) }
}

/** The one head of a graph, once running it has shown that it is one. */
async function verifiedHead(graph: Graph, external: ExternalData[] = []): Promise<Head> {
  const readExternal: ReadExternal = async (file, offset, length) => {
    const data = external.find(({ path }) => path === file)?.data ?? new Uint8Array(0)
    return data.subarray(offset, length === null ? undefined : offset + length)
  }
  const { model, heads, refused } = await read(graph, readExternal)
  expect(refused).toEqual([])
  const [head] = heads
  const { input, inputShape, batch } = inputShapeFor(model, null)
  const { bytes, names } = exposeHead(model, head)
  const { rows: d, cols: c } = head.weight
  const shape = { name: 'm', inputName: input.name, inputShape, batch, outputs: names, d, c }
  const network = await Network.load(cpuRuntime(1), bytes, shape, external)
  const cols = product(inputShape)
  const uniform = random(1)
  const inputs = { rows: 4, cols, data: Float32Array.from({ length: 4 * cols }, () => 2 * uniform() - 1) }
  const outputs = await network.runChecked(inputs, head.output)
  await network.release()
  expect(outputs.output).not.toBe(null)
  const check = verifyModel(head, outputs)
  expect(check.largestDifference).toBeLessThan(1e-4)
  expect(check.agrees).toBe(true)
  return head
}

type Form = readonly [name: string, graph: Graph]

const weightless = (nodes: NodeProto[], ...weights: TensorProto[]): Graph => ({ nodes, weights })

const products: Form[] = [
  ['Gemm', weightless([node('Gemm', ['x', 'w', 'b'], 'y')], dc, bias)],
  ['Gemm with transB', weightless([node('Gemm', ['x', 'w', 'b'], 'y', { transB: 1 })], cd, bias)],
  [
    'Gemm with alpha and beta',
    weightless(
      [node('Gemm', ['x', 'w', 'b'], 'y', { alpha: { float: 0.5 }, beta: { float: 2 } })],
      float(
        'w',
        [3, 2],
        W_DC.map(w => 2 * w),
      ),
      float(
        'b',
        [2],
        B.map(b => b / 2),
      ),
    ),
  ],
  [
    'MatMul of a transposed weight',
    weightless(
      [
        node('Transpose', ['w'], 't', { perm: [1, 0] }),
        node('MatMul', ['x', 't'], 'h'),
        node('Add', ['h', 'b'], 'y'),
      ],
      cd,
      bias,
    ),
  ],
  [
    '(W · xᵀ)ᵀ, as JAX writes it',
    weightless(
      [
        node('Transpose', ['x'], 't'),
        node('MatMul', ['w', 't'], 'p'),
        node('Transpose', ['p'], 'h', { perm: [1, 0] }),
        node('Add', ['h', 'b'], 'y'),
      ],
      cd,
      bias,
    ),
  ],
  ...(
    [
      ['bd,dc->bc', dc, false],
      ['bd,cd->bc', cd, false],
      ['n i, j i -> n j', cd, false],
      ['dc,bd->bc', dc, true],
    ] as const
  ).map(
    ([equation, w, isFirst]): Form => [
      `Einsum ${equation}`,
      weightless(
        [node('Einsum', isFirst ? ['w', 'x'] : ['x', 'w'], 'h', { equation }), node('Add', ['h', 'b'], 'y')],
        w,
        bias,
      ),
    ],
  ),
]

const biases: Form[] = [
  ...[[2], [1, 2], [1, 1, 2]].map(
    (dims): Form => [
      `MatMul + bias [${dims}]`,
      weightless([matmul, node('Add', ['h', 'b'], 'y')], dc, float('b', dims, B)),
    ],
  ),
  ['bias + MatMul', weightless([matmul, node('Add', ['b', 'h'], 'y')], dc, bias)],
  [
    'MatMul − bias',
    weightless(
      [matmul, node('Sub', ['h', 'b'], 'y')],
      dc,
      float(
        'b',
        [2],
        B.map(b => -b),
      ),
    ),
  ],
  [
    'bias − MatMul',
    weightless(
      [matmul, node('Sub', ['b', 'h'], 'y')],
      float(
        'w',
        [3, 2],
        W_DC.map(w => -w),
      ),
      bias,
    ),
  ],
  [
    'two biases',
    weightless(
      [matmul, node('Add', ['h', 'a'], 'i'), node('Add', ['i', 'b'], 'y')],
      dc,
      float('a', [1], [1]),
      float('b', [2], [9, -21]),
    ),
  ],
  [
    'a Constant bias behind Unsqueeze, Squeeze, Reshape and Cast',
    weightless(
      [
        node('Constant', [], 'k', { value: float('', [2], B) }),
        node('Unsqueeze', ['k', 'axes'], 'k1'),
        node('Squeeze', ['k1', 'axes'], 'k2'),
        node('Reshape', ['k2', 'shape'], 'k3'),
        node('Cast', ['k3'], 'b', { to: 1 }),
        matmul,
        node('Add', ['h', 'b'], 'y'),
      ],
      dc,
      ints('axes', [0]),
      ints('shape', [1, -1]),
    ),
  ],
]

const half = W_DC.map(w => 0.5 * w)
const halfLogits = [matmul, node('Add', ['h', 'b'], 'i')] as const
const halfBias = float(
  'b',
  [2],
  B.map(b => b / 2),
)

const scales: Form[] = [
  [
    'logits · s',
    weightless(
      [...halfLogits, node('Mul', ['i', 's'], 'y')],
      float('w', [3, 2], half),
      halfBias,
      float('s', [], [2]),
    ),
  ],
  [
    's · logits',
    weightless(
      [...halfLogits, node('Mul', ['s', 'i'], 'y')],
      float('w', [3, 2], half),
      halfBias,
      float('s', [1], [2]),
    ),
  ],
  [
    'logits / s',
    weightless(
      [...halfLogits, node('Div', ['i', 's'], 'y')],
      float('w', [3, 2], half),
      halfBias,
      float('s', [], [0.5]),
    ),
  ],
  [
    'exp(0) · x before the layer, as CLIP has it',
    weightless(
      [node('Exp', ['s'], 'e'), node('Mul', ['e', 'x'], 'f'), node('Gemm', ['f', 'w', 'b'], 'y')],
      dc,
      bias,
      float('s', [], [0]),
    ),
  ],
  [
    'x · s before the layer',
    weightless(
      [node('Mul', ['x', 's'], 'f'), node('Gemm', ['f', 'w', 'b'], 'y')],
      float('w', [3, 2], half),
      bias,
      float('s', [], [2]),
    ),
  ],
]

/** 8-bit integers times a power of two are these numbers exactly. */
const quantised: Form[] = [
  [
    'int8 for the whole tensor',
    weightless(
      [node('DequantizeLinear', ['q', 's'], 'w'), node('Gemm', ['x', 'w', 'b'], 'y')],
      tensor(
        'q',
        'int8',
        [3, 2],
        W_DC.map(w => 4 * w),
      ),
      float('s', [], [0.25]),
      bias,
    ),
  ],
  [
    'uint8 with a zero point',
    weightless(
      [node('DequantizeLinear', ['q', 's', 'z'], 'w'), node('Gemm', ['x', 'w', 'b'], 'y')],
      tensor(
        'q',
        'uint8',
        [3, 2],
        W_DC.map(w => 4 * w + 128),
      ),
      float('s', [], [0.25]),
      tensor('z', 'uint8', [], [128]),
      bias,
    ),
  ],
  ...[0, -2].map(
    (axis): Form => [
      `int8 with scales and zero points along axis ${axis}, and a bias of int32`,
      weightless(
        [
          node('DequantizeLinear', ['q', 's', 'z'], 'w', { axis }),
          node('DequantizeLinear', ['p', 't'], 'b'),
          node('Gemm', ['x', 'w', 'b'], 'y', { transB: 1 }),
        ],
        tensor(
          'q',
          'int8',
          [2, 3],
          W_CD.map((w, i) => (i < 3 ? 4 * w + 3 : 8 * w - 5)),
        ),
        float('s', [2], [0.25, 0.125]),
        tensor('z', 'int8', [2], [3, -5]),
        tensor(
          'p',
          'int32',
          [2],
          B.map(b => 8 * b),
        ),
        float('t', [], [0.125]),
      ),
    ],
  ),
]

const stored: Form[] = [
  [
    'float16, cast to float32',
    weightless(
      [node('Cast', ['q'], 'w', { to: 1 }), node('Gemm', ['x', 'w', 'b'], 'y')],
      // 1, −2, 0.5, 4, −3, 0.25
      tensor('q', 'float16', [3, 2], [0x3c00, 0xc000, 0x3800, 0x4400, 0xc200, 0x3400]),
      bias,
    ),
  ],
]

describe('the same layer is found in every form', () => {
  test.each([...products, ...biases, ...scales, ...quantised, ...stored])('%s', async (_, graph) => {
    const head = await verifiedHead(graph)
    expect([head.weight.rows, head.weight.cols]).toEqual([3, 2])
    expect(Array.from(head.weight.data)).toEqual(W_DC)
    expect(Array.from(head.bias ?? [])).toEqual(B)
    expect(head).toMatchObject({ features: 'x', form: 'rows' })
  })
})

describe('1×1 convolutions', () => {
  const kernel = float('w', [2, 3, 1, 1], W_CD)
  const conv = (input: string, output: string, attributes = {}) =>
    node('Conv', [input, 'w', 'b'], output, attributes)
  const maps: Partial<Graph> = { x: [3, 4, 5] }

  const forms: [name: string, form: Head['form'], graph: Graph][] = [
    [
      'after GlobalAveragePool, [n, c, 1, 1]',
      'flat',
      { ...maps, nodes: [node('GlobalAveragePool', ['x'], 'p'), conv('p', 'y')], weights: [kernel, bias] },
    ],
    [
      'before GlobalAveragePool',
      'mean',
      {
        ...maps,
        nodes: [conv('x', 'h'), node('GlobalAveragePool', ['h'], 'p'), node('Flatten', ['p'], 'y')],
        weights: [kernel, bias],
      },
    ],
    [
      'before ReduceMean with axes as an attribute, keepdims 0',
      'mean',
      {
        ...maps,
        nodes: [conv('x', 'h'), node('ReduceMean', ['h'], 'y', { axes: [-1, 2], keepdims: 0 })],
        weights: [kernel, bias],
      },
    ],
    [
      'before ReduceMean with axes as an input (opset 18), keepdims 1',
      'mean',
      {
        ...maps,
        opset: 18,
        nodes: [conv('x', 'h'), node('ReduceMean', ['h', 'axes'], 'y', { keepdims: 1 })],
        weights: [kernel, bias, ints('axes', [-1, -2])],
      },
    ],
    [
      'before AveragePool over the whole map',
      'mean',
      {
        ...maps,
        nodes: [conv('x', 'h'), node('AveragePool', ['h'], 'y', { kernel_shape: [4, 5] })],
        weights: [kernel, bias],
      },
    ],
    [
      'with its bias and its scale behind it',
      'mean',
      {
        ...maps,
        nodes: [
          node('Conv', ['x', 'w'], 'h'),
          node('Add', ['h', 'b'], 'i'),
          node('Mul', ['i', 's'], 'j'),
          node('GlobalAveragePool', ['j'], 'y'),
        ],
        weights: [
          float(
            'w',
            [2, 3, 1, 1],
            W_CD.map(w => w / 2),
          ),
          float(
            'b',
            [1, 2, 1, 1],
            B.map(b => b / 2),
          ),
          float('s', [], [2]),
        ],
      },
    ],
    [
      'with its kernel as TensorFlow keeps it, [1, 1, d, c]',
      'mean',
      {
        ...maps,
        nodes: [
          node('Transpose', ['k'], 'w', { perm: [3, 2, 0, 1] }),
          conv('x', 'h'),
          node('GlobalAveragePool', ['h'], 'y'),
        ],
        weights: [float('k', [1, 1, 3, 2], W_DC), bias],
      },
    ],
    [
      'over sequences',
      'mean',
      {
        x: [3, 6],
        nodes: [conv('x', 'h'), node('ReduceMean', ['h'], 'y', { axes: [2] })],
        weights: [float('w', [2, 3, 1], W_CD), bias],
      },
    ],
  ]

  test.each(forms)('%s', async (_, form, graph) => {
    const head = await verifiedHead(graph)
    expect(head).toMatchObject({ op: 'Conv', form })
    expect(Array.from(head.weight.data)).toEqual(W_DC)
    expect(Array.from(head.bias ?? [])).toEqual(B)
  })

  test('that are never pooled are refused when they are run', async () => {
    await expect(verifiedHead({ ...maps, nodes: [conv('x', 'y')], weights: [kernel, bias] })).rejects.toThrow(
      'one vector an example; layers over positions or tokens cannot be explained',
    )
  })

  const pooled = (attributes: object, w = kernel, ...between: NodeProto[]): Graph => ({
    ...maps,
    nodes: [
      node('Conv', ['x', 'w'], 'h', { ...attributes }),
      ...between,
      node('GlobalAveragePool', [between.length > 0 ? 'i' : 'h'], 'y'),
    ],
    weights: [w],
  })
  const mean = (axes: number[]): Graph => ({
    ...maps,
    nodes: [node('Conv', ['x', 'w'], 'h'), node('ReduceMean', ['h'], 'y', { axes })],
    weights: [kernel],
  })
  const between =
    'it stands between /h (Conv) and /y (GlobalAveragePool), so the logits are not linear in pooled features, ' +
    'expected nothing but a bias or a scale there'

  test.each<[layer: string, reason: string, graph: Graph]>([
    [
      '/h',
      'its kernel is 3×3, expected 1×1, which is linear in what stands at one position',
      pooled({}, float('w', [1, 1, 3, 3], [1, 2, 3, 4, 5, 6, 7, 8, 9])),
    ],
    ['/h', 'it convolves in 2 groups, expected one', pooled({ group: 2 })],
    ['/h', 'its strides are 2×2, expected 1×1', pooled({ strides: [2, 2] })],
    ['/h', 'its pads are [1, 1, 1, 1], expected none', pooled({ pads: [1, 1, 1, 1] })],
    ['/h', 'its weight has no spatial axes, expected a 1×1 kernel', pooled({}, cd)],
    ['/i', between, pooled({}, kernel, node('Relu', ['h'], 'i'))],
    ['/i', between, pooled({}, kernel, node('BatchNormalization', ['h', 'a', 'b', 'c', 'd'], 'i'))],
    ['/y', 'it is the mean over axes [1, 2], expected the spatial ones, [2, 3]', mean([1, 2])],
    ['/y', 'it is the mean over axes [2], expected the spatial ones, [2, 3]', mean([2])],
    [
      '/y',
      'its pads are [0, 0, 1, 1], expected none',
      {
        ...maps,
        nodes: [
          node('Conv', ['x', 'w'], 'h'),
          node('AveragePool', ['h'], 'y', { kernel_shape: [4, 5], pads: [0, 0, 1, 1] }),
        ],
        weights: [kernel],
      },
    ],
    [
      '/y',
      'it pools what /h (MatMul) gives, expected a 1×1 Conv behind it',
      weightless([matmul, node('ReduceMean', ['h'], 'y', { axes: [1] })], dc),
    ],
  ])('are refused: %s: %s', async (layer, reason, graph) => {
    const { heads, refused } = await read(graph)
    expect(heads).toEqual([])
    expect(refused).toEqual([{ layer, op: expect.any(String), reason }])
  })
})

describe('what is no head is refused in a sentence', () => {
  const vector = float('s', [2], [1, 2])
  const quantisedReason = 'it is quantised, expected a layer in float32, export the model in float32'
  const einsum = (equation: string): Graph => weightless([node('Einsum', ['x', 'w'], 'y', { equation })], dc)

  test.each<[layer: string, reason: string, graph: Graph]>([
    [
      '/y',
      'it normalises what the layer behind it gives, expected the logits as the layer gives them, fold the ' +
        'normalisation into the layer before exporting',
      weightless([matmul, node('BatchNormalization', ['h', 's', 's', 's', 's'], 'y')], dc, vector),
    ],
    [
      '/h',
      'its weight is shared with /e (Gather), expected one that no other layer uses',
      weightless(
        [
          node('Gather', ['table', 'x'], 'e'),
          node('Transpose', ['table'], 'w'),
          matmul,
          node('Identity', ['h'], 'y'),
        ],
        { ...cd, name: 'table' },
      ),
    ],
    [
      '/y',
      'its weight stands first and what it gives is not transposed back, expected features · weight',
      weightless([node('MatMul', ['w', 'x'], 'y')], dc),
    ],
    [
      '/y',
      'it is transposed, expected (weight · featuresᵀ)ᵀ behind it',
      weightless([matmul, node('Transpose', ['h'], 'y')], dc),
    ],
    [
      '/y',
      'its equation is "bd,dc->cb", expected features and a constant weight as in bd,dc->bc or bd,cd->bc',
      einsum('bd,dc->cb'),
    ],
    [
      '/y',
      'its equation is "bsd,dc->bsc", expected features and a constant weight as in bd,dc->bc or bd,cd->bc',
      einsum('bsd,dc->bsc'),
    ],
    [
      '/y',
      'both of its operands are computed, expected a constant weight',
      weightless([node('Einsum', ['x', 'x'], 'y', { equation: 'bd,cd->bc' })]),
    ],
    [
      '/y',
      'its scale has 2 numbers, expected one',
      weightless([matmul, node('Mul', ['h', 's'], 'y')], dc, vector),
    ],
    [
      '/y',
      'both operands of Add are computed, expected a linear layer and a constant',
      weightless([matmul, node('Add', ['h', 'x'], 'y')], dc),
    ],
    ...['QLinearMatMul', 'MatMulInteger', 'QLinearConv', 'ConvInteger'].map(
      (opType): [string, string, Graph] => [
        '/q',
        quantisedReason,
        weightless([
          node(opType, ['x', 'w'], 'q'),
          node('Cast', ['q'], 'i', { to: 1 }),
          node('Mul', ['i', 'x'], 'j'),
          node('Add', ['j', 'x'], 'y'),
        ]),
      ],
    ),
    ['/y', quantisedReason, weightless([node('QGemm', ['x', 'w'], 'y', {}, 'com.microsoft')])],
    [
      '/q',
      quantisedReason,
      weightless(
        [matmul, node('QuantizeLinear', ['h', 's'], 'q'), node('DequantizeLinear', ['q', 's'], 'y')],
        dc,
        vector,
      ),
    ],
    [
      '/y',
      'its weight is quantised in blocks, export the model in float32',
      weightless(
        [node('DequantizeLinear', ['q', 's'], 'w', { block_size: 2 }), node('MatMul', ['x', 'w'], 'y')],
        tensor('q', 'int8', [3, 2], [1, 2, 3, 4, 5, 6]),
        vector,
      ),
    ],
    [
      '/y',
      "the model ends in com.microsoft.FusedGemm, expected ONNX's own operators, export without optimisations " +
        'of one runtime',
      weightless([node('FusedGemm', ['x', 'w'], 'y', {}, 'com.microsoft')], dc),
    ],
    [
      '/y',
      "it is the function pkg.onnxscript.Linear of the model itself, expected ONNX's own operators, export with " +
        'functions inlined (torch.onnx.export(..., optimize=True), or the inliner of onnx)',
      {
        ...weightless([node('Linear', ['x', 'w'], 'y', {}, 'pkg.onnxscript')], dc),
        // FunctionProto { name: "Linear", domain: "pkg.onnxscript" }
        functions: [
          Uint8Array.of(
            0x0a,
            6,
            ...new TextEncoder().encode('Linear'),
            0x52,
            14,
            ...new TextEncoder().encode('pkg.onnxscript'),
          ),
        ],
      },
    ],
  ])('%s: %s', async (layer, reason, graph) => {
    const { heads, refused } = await read(graph)
    expect(heads).toEqual([])
    expect(refused).toEqual([{ layer, op: expect.any(String), reason }])
  })
})

test('a model as PyTorch exports it today: opset 18, weights in model.onnx.data', async () => {
  const data = new Uint8Array(Float32Array.from([7, 7, ...W_CD, ...B]).buffer)
  const at = (offset: number, length: number) =>
    Object.entries({ location: 'model.onnx.data', offset: String(offset), length: String(length) }).map(
      ([key, value]) => ({ key, value }),
    )
  const graph: Graph = {
    x: [3, 4, 5],
    opset: 18,
    nodes: [
      node('ReduceMean', ['x', 'axes'], 'pooled', { keepdims: 1, noop_with_empty_axes: 0 }),
      node('Reshape', ['pooled', 'shape'], 'view', { allowzero: 1 }),
      node('Gemm', ['view', 'fc.weight', 'fc.bias'], 'y', { transB: 1 }),
    ],
    weights: [
      tensor('fc.weight', 'float32', [2, 3], [], at(8, 24)),
      tensor('fc.bias', 'float32', [2], [], at(32, 8)),
      ints('axes', [-1, -2]),
      ints('shape', [-1, 3]),
    ],
  }
  const head = await verifiedHead(graph, [{ path: 'model.onnx.data', data }])
  expect(Array.from(head.weight.data)).toEqual(W_DC)
  expect(Array.from(head.bias ?? [])).toEqual(B)
})

test('a file in which everything is used twice is read in no time', async () => {
  const doubled = Array.from({ length: 60 }, (_, k) =>
    node('DequantizeLinear', [`k${k}`, `k${k}`, `k${k}`], `k${k + 1}`),
  )
  const { refused } = await read(
    weightless([...doubled, node('MatMul', ['x', 'k60'], 'y')], { ...dc, name: 'k0' }),
  )
  expect(refused[0].reason).toMatch(/^its weight /)
  const one = weightless([...doubled, node('MatMul', ['x', 'k60'], 'y')], float('k0', [1, 1], [2]))
  expect((await read(one)).heads[0].weight).toEqual({ rows: 1, cols: 1, data: Float32Array.of(0) })
})
