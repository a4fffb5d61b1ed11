import { describe, expect, test } from 'vitest'
import { random } from '../../src/math/random.ts'
import { findHeads } from '../../src/onnx/head.ts'
import { findLayer, findLayers } from '../../src/onnx/layers.ts'
import { externalLocation, readModel } from '../../src/onnx/model.ts'
import { decodeModel, encodeModel, type GraphProto } from '../../src/onnx/proto.ts'
import type { ReadExternal } from '../../src/onnx/tensor.ts'
import { UserError } from '../../src/user-error.ts'
import { modelBytes, modelFixture, modelNames } from './fixtures.ts'
import { graphModel, node } from './graphs.ts'

describe('a model that is read', () => {
  test('has inputs with the sizes that the file fixes, null for the others', () => {
    expect(modelFixture('gemm').inputs).toEqual([{ name: 'input', type: 'float32', shape: [null, 6] }])
    expect(modelFixture('gemm-fixed-batch').inputs[0].shape).toEqual([3, 6])
    expect(modelFixture('conv').inputs[0].shape).toEqual([null, 1, 8, 8])
  })

  test('has no weights among its inputs, though old files list them there', () => {
    const proto = decodeModel(modelBytes('gemm'))
    proto.graph?.input.push({ name: proto.graph.initializer[0].name ?? '' })
    expect(readModel(encodeModel(proto), 'gemm.onnx').inputs.map(({ name }) => name)).toEqual(['input'])
  })

  test('has its outputs in the order of the file', () => {
    expect(modelFixture('two-outputs').outputs.map(({ name }) => name)).toEqual(['logits', 'features'])
  })

  test('says who made it and with which operators', () => {
    expect(modelFixture('conv')).toMatchObject({ producer: 'pytorch 1.13.0', opset: 17, name: 'conv.onnx' })
  })

  test('names the files beside it that it needs, once each', () => {
    expect(modelFixture('gemm-external').externalFiles).toEqual(['gemm-external.onnx.data'])
    expect(modelFixture('gemm').externalFiles).toEqual([])
  })

  test('has the sizes that the file tells of tensors inside it', () => {
    const nodes = [node('Relu', ['x'], 'h'), node('Relu', ['h'], 'y')]
    const { tensors } = readModel(graphModel({ nodes, shapes: { h: [null, 3] } }), 'm.onnx')
    expect([...tensors.values()].map(({ name, shape }) => [name, shape])).toEqual([
      ['h', [null, 3]],
      ['x', [null, 3]],
      ['y', null],
    ])
  })

  test('has the nodes that take a tensor, once each, those too that take it in a branch', () => {
    const branch = {
      node: [node('Mul', ['h', 'h'], 'z')],
      initializer: [],
      input: [],
      output: [],
      valueInfo: [],
    }
    const nodes = [node('Relu', ['x'], 'h'), node('Add', ['h', 'h'], 'y'), node('If', ['x'], 'i')]
    nodes[2].attribute.push({ name: 'then_branch', g: branch, floats: [], ints: [], strings: [] })
    const { consumers } = readModel(graphModel({ nodes }), 'm.onnx')
    const names = [...consumers].map(([tensor, takers]) => [tensor, takers.map(({ opType }) => opType)])
    expect(names).toEqual([
      ['x', ['Relu', 'If']],
      ['h', ['Add', 'If']],
    ])
  })
})

describe('weights in a file', () => {
  const tensorAt = (location: string, more: Record<string, string> = {}) => ({
    ...(decodeModel(modelBytes('gemm')).graph?.initializer[0] as NonNullable<ReturnType<typeof first>>),
    name: 'w',
    dataLocation: 1,
    externalData: Object.entries({ location, ...more }).map(([key, value]) => ({ key, value })),
  })
  const first = () => decodeModel(modelBytes('gemm')).graph?.initializer[0]

  test.each(['weights.bin', 'a/b.bin', 'a..b', '...'])('beside the model are taken: %s', location => {
    expect(externalLocation(tensorAt(location), 'm.onnx')).toEqual({
      file: location,
      offset: 0,
      length: null,
    })
  })

  test.each(['../w.bin', 'a/../../w.bin', '..', 'a\\..\\w', '/etc/passwd', '\\w', 'C:w', 'c:\\w', ''])(
    'elsewhere are refused: %s',
    location => {
      const message = `m.onnx: weights of w at "${location}", expected a file beside the model, export it again`
      expect(() => externalLocation(tensorAt(location), 'm.onnx')).toThrow(new UserError('format', message))
      const proto = decodeModel(modelBytes('gemm'))
      proto.graph?.initializer.push(tensorAt(location))
      expect(() => readModel(encodeModel(proto), 'm.onnx'), 'and so is the model').toThrow(message)
    },
  )

  test.each([{ offset: '-1' }, { length: '-1' }, { offset: '1.5' }, { length: 'x' }, { offset: '1e30' }])(
    'at no place in it are refused: %o',
    more => {
      expect(() => externalLocation(tensorAt('w.bin', more), 'm.onnx')).toThrow(UserError)
    },
  )

  test('stand where they say', () => {
    const tensor = tensorAt('w.bin', { offset: '4096', length: '80' })
    expect(externalLocation(tensor, 'm.onnx')).toEqual({ file: 'w.bin', offset: 4096, length: 80 })
  })
})

describe('bytes that are no model are refused in a sentence', () => {
  const refusal = (found: string): string => `x.onnx: ${found}, expected an ONNX model, check the path`
  const graph = decodeModel(modelBytes('gemm')).graph as GraphProto

  test.each([
    ['nothing', new Uint8Array(0), 'no graph in this file'],
    ['text', new TextEncoder().encode('<!doctype html><html>'), 'not a whole protocol buffer'],
    ['a graph without nodes', encodeModel({ graph: { ...graph, node: [] } }), 'no graph in this file'],
    ['a graph without operators', encodeModel({ graph }), 'no operator set named in this file'],
    ['half a model', modelBytes('gemm').subarray(0, 600), 'not a whole protocol buffer'],
  ])('%s', (_, bytes, found) => {
    expect(() => readModel(bytes, 'x.onnx')).toThrow(new UserError('format', refusal(found)))
  })

  test('a graph in a graph in a graph, too deep for any model', () => {
    const levels = 20_000
    // Each level is a node with an attribute with a graph; a length first, so it is built from inside.
    const layers: number[] = []
    let length = 0
    const wrap = (tag: number): void => {
      const varint: number[] = []
      for (let rest = length; ; rest >>>= 7) {
        varint.push(rest > 127 ? (rest & 127) | 128 : rest)
        if (rest <= 127) break
      }
      const header = [tag, ...varint]
      layers.push(...header.reverse())
      length += header.length
    }
    for (let level = 0; level < levels; level++) for (const tag of [0x32, 0x2a, 0x0a]) wrap(tag)
    wrap(0x3a)
    expect(() => readModel(Uint8Array.from(layers.reverse()), 'x.onnx')).toThrow(UserError)
  })
})

type Uniform = () => number

const anyOf = <T>(uniform: Uniform, values: readonly T[]): T => values[Math.floor(values.length * uniform())]

/** Some bytes changed, cut out, put in, or the rest cut off. */
function mutatedBytes(bytes: Uint8Array, uniform: Uniform): Uint8Array {
  const any = (n: number): number => Math.floor(n * uniform())
  let out = Array.from(bytes)
  for (let edits = 1 + any(3); edits > 0; edits--) {
    const at = any(out.length)
    switch (any(8)) {
      case 0:
        out.splice(at, 1 + any(20))
        break
      case 1:
        out.splice(
          at,
          0,
          ...Array.from({ length: 1 + any(10) }, () => anyOf(uniform, [0, 0xff, 0x7f, 0x80, any(256)])),
        )
        break
      case 2:
        out = out.slice(0, at)
        break
      case 3:
        out.splice(at, 0, ...out.slice(any(out.length)).slice(0, any(60)))
        break
      case 4:
        out[at] = any(256)
        break
      default:
        out[at] ^= 1 << any(8)
    }
  }
  return Uint8Array.from(out)
}

const OPERATORS = [
  ...['Gemm', 'MatMul', 'Einsum', 'Conv', 'Add', 'Sub', 'Mul', 'Div', 'Pad', 'Softmax', 'Exp', 'Relu'],
  ...['Constant', 'Cast', 'Transpose', 'Flatten', 'Reshape', 'Squeeze', 'Unsqueeze', 'DequantizeLinear'],
  ...['GlobalAveragePool', 'AveragePool', 'ReduceMean'],
]

/** A whole file whose graph says something else: other wiring, sizes, types, operators or numbers. */
function mutatedGraph(bytes: Uint8Array, uniform: Uniform): Uint8Array {
  const model = decodeModel(bytes)
  const graph = model.graph
  if (!graph) throw new Error('a fixture without a graph')
  const any = (n: number): number => Math.floor(n * uniform())
  const names = [
    ...graph.node.flatMap(({ output }) => output),
    ...graph.initializer.map(({ name }) => name ?? ''),
    'input',
    '',
  ]
  const integers = [0, 1, 2, 3, 4, 5, 6, 7, -1, -4, -5, 2 ** 31, 2 ** 53, -(2 ** 63), any(1000)]
  for (let edits = 1 + any(3); edits > 0; edits--) {
    const node = anyOf(uniform, graph.node)
    const tensor = graph.initializer.length > 0 ? anyOf(uniform, graph.initializer) : undefined
    const attribute = node.attribute.length > 0 ? anyOf(uniform, node.attribute) : undefined
    const changes = [
      () => node.input.splice(any(node.input.length), 1),
      () => node.input.splice(any(node.input.length), 1, anyOf(uniform, names)),
      () => node.output.splice(any(node.output.length), any(2), anyOf(uniform, names)),
      () =>
        Object.assign(node, {
          opType: anyOf(uniform, OPERATORS),
        }),
      () => tensor?.dims.splice(any(tensor.dims.length), any(2), anyOf(uniform, integers)),
      () => tensor && Object.assign(tensor, { dims: tensor.dims.map(dim => -dim) }),
      () => tensor && Object.assign(tensor, { dataType: anyOf(uniform, integers) }),
      () =>
        tensor && Object.assign(tensor, { rawData: tensor.rawData?.slice(0, any(tensor.rawData.length)) }),
      () => tensor && Object.assign(tensor, { dataLocation: 1 }),
      () =>
        attribute &&
        Object.assign(attribute, { i: anyOf(uniform, integers), ints: [anyOf(uniform, integers)] }),
      () =>
        attribute &&
        Object.assign(attribute, {
          name: anyOf(uniform, ['transA', 'transB', 'perm', 'axis', 'to', 'value']),
        }),
      () => graph.output.push({ name: anyOf(uniform, names) }),
    ]
    anyOf(uniform, changes)()
  }
  return encodeModel(model)
}

/** Reads a model and finds its heads and all of its layers, or says what is wrong with the file; anything else is a bug. */
async function answersOrRefuses(bytes: Uint8Array, name: string): Promise<boolean> {
  try {
    const model = readModel(bytes, name)
    const zeros: ReadExternal = async (_file, _offset, length) => new Uint8Array(length ?? 0)
    const { heads, refused } = await findHeads(model, zeros)
    const found = await findLayers(model, zeros)
    const names = [...found.layers, ...found.refused].map(({ layer }) => layer)
    expect(new Set(names).size).toBe(names.length)
    const layers = await Promise.all(found.layers.map(({ layer }) => findLayer(model, zeros, layer)))
    for (const { weight, bias } of [...heads, ...layers]) {
      expect(Math.min(weight.rows, weight.cols)).toBeGreaterThanOrEqual(0)
      expect(weight.data.length).toBe(weight.rows * weight.cols)
      expect(bias?.length ?? weight.cols).toBe(weight.cols)
    }
    for (const { reason } of [...refused, ...found.refused]) expect(reason).not.toMatch(/undefined|NaN/)
    return true
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    expect(error.message).not.toMatch(/undefined|NaN/)
    return false
  }
}

describe.each([
  { what: 'bytes', mutate: mutatedBytes, least: 0.05 },
  { what: 'graph', mutate: mutatedGraph, least: 0.005 },
])('a model with its $what changed is read or refused, never anything else', ({ mutate, least }) => {
  test.each(modelNames)('%s', async name => {
    const bytes = modelBytes(name)
    const uniform = random(modelNames.indexOf(name))
    const runs = 400
    let read = 0
    for (let run = 0; run < runs; run++) read += Number(await answersOrRefuses(mutate(bytes, uniform), name))
    // Both happen, or nothing was tested.
    expect(read).toBeGreaterThan(least * runs)
    expect(read).toBeLessThan((1 - least) * runs)
  })
})
