import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  type AttributeProto,
  decodeModel,
  encodeModel,
  type GraphProto,
  type ModelProto,
} from '../../src/onnx/proto.ts'
import { modelBytes, modelNames } from './fixtures.ts'

test.each(modelNames)('what is decoded of %s and encoded is decoded to the same', name => {
  const model = decodeModel(modelBytes(name))
  expect(model.graph?.node.length).toBeGreaterThan(0)
  expect(decodeModel(encodeModel(model))).toEqual(model)
})

const optional = <T>(of: fc.Arbitrary<T>) => fc.option(of, { nil: undefined })
const few = <T>(of: fc.Arbitrary<T>) => fc.array(of, { maxLength: 3 })
const text = fc.string({ unit: 'grapheme', maxLength: 8 })
const bytes = fc.uint8Array({ maxLength: 8 })
/** 64-bit integers that a double holds; slices to the end are the largest one. */
const integer = fc.oneof(fc.maxSafeInteger(), fc.constantFrom(0, -1, 2 ** 32, 2 ** 53, -(2 ** 63)))
const single = fc.float()

const stringEntry = fc.record({ key: optional(text), value: optional(text) })
const tensor = fc.record({
  dims: few(integer),
  dataType: optional(integer),
  floatData: few(single),
  int32Data: few(fc.integer()),
  int64Data: few(integer),
  name: optional(text),
  rawData: optional(bytes),
  doubleData: few(fc.double()),
  externalData: few(stringEntry),
  dataLocation: optional(fc.nat(1)),
})

const shape = fc.record({ dim: few(fc.record({ dimValue: optional(integer), dimParam: optional(text) })) })
const valueInfo = fc.record({
  name: optional(text),
  type: optional(
    fc.record({ tensorType: optional(fc.record({ elemType: optional(integer), shape: optional(shape) })) }),
  ),
})

const { graph } = fc.letrec<{ graph: GraphProto; attribute: AttributeProto }>(tie => ({
  attribute: fc.record({
    name: optional(text),
    f: optional(single),
    i: optional(integer),
    s: optional(bytes),
    t: optional(tensor),
    g: fc.option(tie('graph'), { nil: undefined, maxDepth: 2, depthIdentifier: 'graph' }),
    floats: few(single),
    ints: few(integer),
    strings: few(bytes),
    type: optional(integer),
  }) as fc.Arbitrary<AttributeProto>,
  graph: fc.record({
    node: few(
      fc.record({
        input: few(text),
        output: few(text),
        name: optional(text),
        opType: optional(text),
        attribute: few(tie('attribute')),
        domain: optional(text),
      }),
    ),
    name: optional(text),
    initializer: few(tensor),
    input: few(valueInfo),
    output: few(valueInfo),
    valueInfo: few(valueInfo),
  }) as fc.Arbitrary<GraphProto>,
}))

const anyModel = fc.record({
  irVersion: optional(integer),
  producerName: optional(text),
  producerVersion: optional(text),
  graph: optional(graph),
  opsetImport: few(fc.record({ domain: optional(text), version: optional(integer) })),
  functions: few(bytes),
}) as fc.Arbitrary<ModelProto>

test('a message that is encoded is decoded to itself', () => {
  fc.assert(
    fc.property(anyModel, model => {
      // Absent and undefined are the same to toEqual.
      expect(decodeModel(encodeModel(model))).toEqual(model)
    }),
    { numRuns: 500, seed: 1 },
  )
})

describe('the wire format', () => {
  const delimited = (id: number, ...content: number[]): number[] => [
    (id << 3) | 2,
    content.length,
    ...content,
  ]
  const decodeTensor = (...content: number[]) =>
    decodeModel(Uint8Array.from(delimited(7, ...delimited(5, ...content)))).graph?.initializer[0]

  test('gives repeated numbers packed or one by one', () => {
    const one = [0x08, 2, 0x08, 0x80, 0x01]
    expect(decodeTensor(...one)?.dims).toEqual([2, 128])
    expect(decodeTensor(...delimited(1, 2, 0x80, 0x01))?.dims).toEqual([2, 128])
    expect(decodeTensor(...delimited(1))?.dims).toEqual([])
    expect(decodeTensor(...delimited(4, 0, 0, 0x80, 0x3f, 0, 0, 0, 0x40))?.floatData).toEqual([1, 2])
  })

  test('has fields that nobody here knows, which are passed over', () => {
    const unknown = [0x98, 0x06, 1, ...[0x9a, 0x06, 2, 7, 7]]
    expect(decodeTensor(...unknown, 0x08, 3, ...unknown)?.dims).toEqual([3])
  })

  test('merges a message that comes twice: scalars from the last, lists from both', () => {
    const graphOf = (name: string, output: string): number[] => [
      ...encodeModel({
        graph: { name, node: [], initializer: [], input: [], output: [{ name: output }], valueInfo: [] },
      }),
    ]
    const { graph } = decodeModel(Uint8Array.from([...graphOf('a', 'x'), ...graphOf('b', 'y')]))
    expect(graph).toEqual({
      name: 'b',
      node: [],
      initializer: [],
      input: [],
      output: [{ name: 'x' }, { name: 'y' }],
      valueInfo: [],
    })
  })

  test.each([
    ['a length past the end', [0x3a, 9, 0]],
    ['a message that ends inside a field', [0x3a, 3, 0x2a, 9, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]],
    [
      'packed numbers past the end of their message',
      delimited(7, ...delimited(5, 0x0a, 9, 1)).concat(Array(20).fill(0)),
    ],
    ['a field without a number', [0x00, 1]],
    ['a varint that never ends', Array(20).fill(0xff)],
  ])('has nothing in it for %s', (_, content) => {
    expect(() => decodeModel(Uint8Array.from(content))).toThrow()
  })

  test('holds slices to the end: the largest 64-bit integer goes round, as a double has it', () => {
    const attribute = { floats: [], ints: [2 ** 63], strings: [] }
    const node = { input: [], output: [], attribute: [attribute] }
    const graph = { node: [node], initializer: [], input: [], output: [], valueInfo: [] }
    expect(decodeModel(encodeModel({ graph })).graph?.node[0].attribute[0].ints).toEqual([2 ** 63])
  })
})
