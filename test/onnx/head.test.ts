import { describe, expect, test } from 'vitest'
import { transpose } from '../../src/math/matrix.ts'
import { findHeads, type Head, type OutputActivation } from '../../src/onnx/head.ts'
import { readModel } from '../../src/onnx/model.ts'
import {
  type AttributeProto,
  decodeModel,
  encodeModel,
  type GraphProto,
  type NodeProto,
} from '../../src/onnx/proto.ts'
import { modelBytes, modelFixture, modelNames, readExternal, valuesOf } from './fixtures.ts'

/** What make.py builds: the kind of layer, and what follows it. */
const expected: Record<string, { op: Head['op']; activation: OutputActivation } | { refusal: object }> = {
  conv: { op: 'Gemm', activation: 'none' },
  gemm: { op: 'Gemm', activation: 'none' },
  'gemm-external': { op: 'Gemm', activation: 'none' },
  'gemm-fixed-batch': { op: 'Gemm', activation: 'none' },
  'gemm-softmax': { op: 'Gemm', activation: 'softmax' },
  'log-softmax': { op: 'Gemm', activation: 'log-softmax' },
  sigmoid: { op: 'Gemm', activation: 'sigmoid' },
  matmul: { op: 'MatMul', activation: 'none' },
  'matmul-add': { op: 'MatMul', activation: 'none' },
  'two-outputs': { op: 'Gemm', activation: 'none' },
  'no-linear': {
    refusal: {
      layer: '/2/GlobalAveragePool',
      op: 'GlobalAveragePool',
      reason:
        'the model ends in GlobalAveragePool, expected a linear layer (Gemm, MatMul, Einsum or a 1×1 Conv)',
    },
  },
  'logit-scale': { op: 'Gemm', activation: 'none' },
  'conv-after-pooling': { op: 'Conv', activation: 'none' },
  'conv-before-pooling': { op: 'Conv', activation: 'none' },
  'conv-before-mean': { op: 'Conv', activation: 'none' },
  'conv-before-window': { op: 'Conv', activation: 'none' },
  'conv-relu-pooling': {
    refusal: {
      layer: '/activation/activation.0/Relu',
      op: 'Relu',
      reason:
        'it stands between /head/Conv (Conv) and /activation/activation.1/activation.1.0/GlobalAveragePool (GlobalAveragePool), ' +
        'so the logits are not linear in pooled features, expected nothing but a bias or a scale there',
    },
  },
  'computed-weight': {
    refusal: {
      layer: '/head/Gemm',
      op: 'Gemm',
      reason: 'its weight is computed by /head/Softplus (Softplus)',
    },
  },
}

test('every fixture is expected to be something', () => {
  expect(Object.keys(expected).sort()).toEqual(modelNames)
})

describe.each(modelNames)('the head of %s', name => {
  test('is the layer that PyTorch had, its weight and bias to the last bit, or is refused', async () => {
    const { heads, refused } = await findHeads(modelFixture(name), readExternal)
    const wanted = expected[name]
    const { head } = await valuesOf(name)
    if ('refusal' in wanted) {
      expect(heads).toEqual([])
      expect(refused).toEqual([wanted.refusal])
      return
    }
    if (!head) throw new Error(`${name}.npz has no head`)
    expect(heads[0]).toMatchObject(wanted)
    expect(heads[0].weight).toEqual(transpose(head.weight))
    expect(heads[0].bias).toEqual(head.bias)
  })
})

describe('of several outputs', () => {
  /** A fixture with one of its tensors as one more output. */
  const withOutput = (name: string, output: string, tensor: string) => {
    const model = decodeModel(modelBytes(name))
    model.graph?.node.push({ opType: 'Identity', input: [tensor], output: [output], attribute: [] })
    model.graph?.output.push({ name: output })
    return readModel(encodeModel(model), `${name}.onnx`)
  }
  const gemms = (name: string) => modelFixture(name).nodes.filter(({ opType }) => opType === 'Gemm')

  test('those that are no head are refused beside the one that is', async () => {
    const { heads, refused } = await findHeads(modelFixture('two-outputs'), readExternal)
    expect(heads.map(({ output }) => output)).toEqual(['logits'])
    expect(refused.map(({ op }) => op)).toEqual(['Relu'])
  })

  test('the one named logits comes first, else the order is the model’s', async () => {
    const [body, head] = gemms('gemm')
    const named = await findHeads(withOutput('gemm', 'logits', body.output[0]), readExternal)
    expect(named.heads.map(({ output, layer }) => [output, layer])).toEqual([
      ['logits', body.name],
      ['output', head.name],
    ])
    const unnamed = await findHeads(withOutput('gemm', 'more', body.output[0]), readExternal)
    expect(unnamed.heads.map(({ output }) => output)).toEqual(['output', 'more'])
  })

  test('those of one layer are one head', async () => {
    const [, head] = gemms('gemm-softmax')
    const { heads } = await findHeads(withOutput('gemm-softmax', 'logits', head.output[0]), readExternal)
    expect(heads.map(({ output, activation }) => [output, activation])).toEqual([['logits', 'none']])
  })
})

const attributeOf = (name: string, value: Partial<AttributeProto>): AttributeProto => ({
  name,
  floats: [],
  ints: [],
  strings: [],
  ...value,
})

/** The gemm fixture with its graph changed. */
async function changedGemm(change: (graph: GraphProto, head: NodeProto) => void, fixture = 'gemm') {
  const model = decodeModel(modelBytes(fixture))
  const graph = model.graph as GraphProto
  const head = graph.node[graph.node.length - 1]
  change(graph, head)
  return findHeads(readModel(encodeModel(model), `${fixture}.onnx`), readExternal)
}

describe('a Gemm', () => {
  test('is read with its alpha and beta', async () => {
    const [plain] = (await findHeads(modelFixture('gemm'), readExternal)).heads
    const { heads } = await changedGemm((_, head) => {
      head.attribute = head.attribute.filter(({ name }) => name !== 'alpha' && name !== 'beta')
      head.attribute.push(attributeOf('alpha', { f: 2, type: 1 }), attributeOf('beta', { f: -0.5, type: 1 }))
    })
    expect(heads[0].weight.data).toEqual(plain.weight.data.map(w => 2 * w))
    expect(heads[0].bias).toEqual(plain.bias?.map(b => -0.5 * b))
  })

  test('is read with a bias of one number for all outputs, or none', async () => {
    const one = await changedGemm((graph, head) => {
      const bias = graph.initializer.find(({ name }) => name === head.input[2])
      if (bias) Object.assign(bias, { dims: [1], rawData: new Uint8Array(Float32Array.of(3).buffer) })
    })
    expect(one.heads[0].bias).toEqual(Float32Array.of(3, 3, 3, 3))
    const none = await changedGemm((_, head) => head.input.pop())
    expect(none.heads[0].bias).toBe(null)
  })

  const refusals: [reason: string, change: (graph: GraphProto, head: NodeProto) => void][] = [
    [
      'its features are transposed (transA = 1)',
      (_, head) => head.attribute.push(attributeOf('transA', { i: 1, type: 2 })),
    ],
    ['its weight is the input input of the model', (_, head) => head.input.splice(1, 1, 'input')],
    [
      'its bias has 2 numbers, expected 4',
      (graph, head) => {
        const bias = graph.initializer.find(({ name }) => name === head.input[2])
        if (bias) Object.assign(bias, { dims: [2], rawData: bias.rawData?.slice(0, 8) })
      },
    ],
    [
      'its weight is stored as float16, expected float32, export the model in full precision',
      (graph, head) => {
        const weight = graph.initializer.find(({ name }) => name === head.input[1])
        if (weight) Object.assign(weight, { dataType: 10, rawData: weight.rawData?.slice(0, 40) })
      },
    ],
    [
      'its weight has 3 axes, expected 2',
      (graph, head) => {
        const weight = graph.initializer.find(({ name }) => name === head.input[1])
        if (weight) weight.dims = [1, ...weight.dims]
      },
    ],
  ]

  test.each(refusals)('is refused: %s', async (reason, change) => {
    const { heads, refused } = await changedGemm(change)
    expect(heads).toEqual([])
    expect(refused).toEqual([expect.objectContaining({ op: 'Gemm', reason })])
  })

  test('with fewer numbers than its sizes say is no model, and said to be', async () => {
    const read = changedGemm((graph, head) => {
      const weight = graph.initializer.find(({ name }) => name === head.input[1])
      if (weight?.rawData) weight.rawData = weight.rawData.slice(0, 12)
    })
    await expect(read).rejects.toMatchObject({
      name: 'UserError',
      code: 'format',
      message: expect.stringMatching(
        /^gemm\.onnx: weights of \S+: expected 20 numbers, got 3, export it again$/,
      ),
    })
  })
})

describe('weights behind operators that change nothing', () => {
  /** Puts a node between an initializer and the head. */
  const behind =
    (opType: string, attributes: AttributeProto[] = []) =>
    (graph: GraphProto, head: NodeProto) => {
      graph.node.unshift({ opType, input: [head.input[1]], output: ['behind'], attribute: attributes })
      head.input[1] = 'behind'
    }

  test.each([
    ['Identity', []],
    ['Cast', [attributeOf('to', { i: 1, type: 2 })]],
    ['Transpose', [attributeOf('perm', { ints: [0, 1], type: 7 })]],
  ])('are read: %s', async (opType, attributes) => {
    const [plain] = (await findHeads(modelFixture('gemm'), readExternal)).heads
    expect((await changedGemm(behind(opType, attributes))).heads).toEqual([plain])
  })

  test('are transposed with a Transpose', async () => {
    const [plain] = (await findHeads(modelFixture('gemm'), readExternal)).heads
    for (const perm of [[], [attributeOf('perm', { ints: [1, 0], type: 7 })]]) {
      const { heads } = await changedGemm((graph, head) => {
        behind('Transpose', perm)(graph, head)
        head.attribute = head.attribute.filter(({ name }) => name !== 'transB')
      })
      expect(heads).toEqual([plain])
    }
  })

  test('are refused after a Cast that rounds them', async () => {
    const { refused } = await changedGemm(behind('Cast', [attributeOf('to', { i: 10, type: 2 })]))
    expect(refused[0].reason).toBe('its weight passes behind, a Cast to a type without full precision')
  })
})

describe('a graph that goes in circles', () => {
  test('through its outputs is refused', async () => {
    const { refused } = await changedGemm((graph, head) => {
      head.output[0] = 'elsewhere'
      graph.node.push({ opType: 'Identity', input: ['output'], output: ['output'], attribute: [] })
    })
    expect(refused).toEqual([{ layer: 'output', op: 'output', reason: 'the graph goes in circles' }])
  })

  test('through its weights is refused', async () => {
    const { heads, refused } = await changedGemm((graph, head) => {
      graph.node.push({ opType: 'Identity', input: ['circle'], output: ['circle'], attribute: [] })
      head.input[1] = 'circle'
    })
    expect(heads).toEqual([])
    expect(refused).toEqual([
      expect.objectContaining({ op: 'Gemm', reason: expect.stringContaining('circles') }),
    ])
  })
})

test('a softmax over other axes than the outputs is no activation of the head', async () => {
  const { heads, refused } = await changedGemm(graph => {
    const softmax = graph.node.find(({ opType }) => opType === 'Softmax')
    if (softmax) softmax.attribute = [attributeOf('axis', { i: 0, type: 2 })]
  }, 'gemm-softmax')
  expect(heads).toEqual([])
  expect(refused[0].reason).toBe(
    'the model ends in Softmax, expected a linear layer (Gemm, MatMul, Einsum or a 1×1 Conv)',
  )
})

test('the Add behind a MatMul may have its operands in either order', async () => {
  const [plain] = (await findHeads(modelFixture('matmul-add'), readExternal)).heads
  const { heads } = await changedGemm((_, head) => head.input.reverse(), 'matmul-add')
  expect(heads).toEqual([plain])
})
