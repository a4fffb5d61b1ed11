import { describe, expect, test } from 'vitest'
import { inputShapeFor } from '../../src/method/network/input-shape.ts'
import { readModel } from '../../src/onnx/model.ts'
import { decodeModel, encodeModel, type ModelProto } from '../../src/onnx/proto.ts'
import { UserError } from '../../src/user-error.ts'
import { modelBytes, modelFixture } from '../onnx/fixtures.ts'

describe('how a model takes the data', () => {
  test('as it is: [6] for an input [n, 6]', () => {
    expect(inputShapeFor(modelFixture('gemm'), [6])).toMatchObject({ inputShape: [6], batch: null })
    expect(inputShapeFor(modelFixture('gemm-fixed-batch'), [6])).toMatchObject({ inputShape: [6], batch: 3 })
  })

  test('with axes of size 1 more or fewer, or flat: [8, 8] for an input [n, 1, 8, 8]', () => {
    for (const itemShape of [[8, 8], [1, 8, 8], [8, 8, 1], [64], null]) {
      expect(inputShapeFor(modelFixture('conv'), itemShape)).toMatchObject({
        inputShape: [1, 8, 8],
        batch: null,
      })
    }
  })

  const sentence = (wanted: string, got: string) =>
    `takes ${wanted} an example, the data has ${got}, transpose or reshape the data`

  test('not with other numbers, or as many in other axes', () => {
    const cases: [name: string, itemShape: number[], message: string][] = [
      ['gemm', [7], `gemm.onnx: input input ${sentence('[6]', '[7]')}`],
      ['gemm', [28, 28], `gemm.onnx: input input ${sentence('[6]', '[28, 28]')}`],
      ['conv', [3, 8, 8], `conv.onnx: input input ${sentence('[1, 8, 8]', '[3, 8, 8]')}`],
      ['conv', [4, 16], `conv.onnx: input input ${sentence('[1, 8, 8]', '[4, 16]')}`],
    ]
    for (const [name, itemShape, message] of cases) {
      expect(() => inputShapeFor(modelFixture(name), itemShape)).toThrow(new UserError('shape', message))
    }
  })

  /** The conv fixture with another declaration of its input. */
  const declared = (change: (model: ModelProto) => void) => {
    const model = decodeModel(modelBytes('conv'))
    change(model)
    return readModel(encodeModel(model), 'm.onnx')
  }
  const dims =
    (sizes: (number | string)[], elemType = 1) =>
    (model: ModelProto) => {
      const dim = sizes.map(size => (typeof size === 'number' ? { dimValue: size } : { dimParam: size }))
      if (model.graph) model.graph.input = [{ name: 'x', type: { tensorType: { elemType, shape: { dim } } } }]
    }

  test('with the data’s sizes where the file leaves them open', () => {
    const open = declared(dims(['n', 3, 'height', 'width']))
    expect(inputShapeFor(open, [3, 32, 40])).toMatchObject({ inputShape: [3, 32, 40] })
    for (const itemShape of [
      [1, 32, 40],
      [32, 40],
    ]) {
      const message = `m.onnx: input x ${sentence('[3, ?, ?]', `[${itemShape.join(', ')}]`)}`
      expect(() => inputShapeFor(open, itemShape)).toThrow(new UserError('shape', message))
    }
    const unknown = 'm.onnx: the sizes of input x are open, expected fixed ones'
    expect(() => inputShapeFor(open, null)).toThrow(new UserError('model', unknown))
  })

  test('not with its axes in another order, which would jumble the numbers', () => {
    const colour = declared(dims(['n', 3, 8, 6]))
    expect(inputShapeFor(colour, [3, 8, 6])).toMatchObject({ inputShape: [3, 8, 6] })
    expect(inputShapeFor(colour, [144])).toMatchObject({ inputShape: [3, 8, 6] })
    for (const itemShape of [
      [8, 6, 3],
      [3, 6, 8],
      [24, 6],
    ]) {
      expect(() => inputShapeFor(colour, itemShape)).toThrow('transpose or reshape the data')
    }
  })

  test.each([
    ['bits', dims(['n', 6], 9), 'x bool [?, 6]'],
    ['one axis', dims(['n']), 'x float32 [?]'],
    ['no input', (model: ModelProto) => void model.graph?.input.splice(0), ''],
    [
      'two inputs',
      (model: ModelProto) => void model.graph?.input.push({ name: 'y' }),
      'input float32 [?, 1, 8, 8]; y unknown of any shape',
    ],
  ])('not where it wants %s', (_, change, found) => {
    const message = `m.onnx: inputs ${found}, expected one input [n, …] of float32, or of int64 for ids`
    expect(() => inputShapeFor(declared(change), [64])).toThrow(new UserError('model', message))
  })
})
