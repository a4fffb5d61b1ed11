import { describe, expect, test } from 'vitest'
import { adjointModel } from '../../../src/onnx/adjoint/adjoint.ts'
import { findPath } from '../../../src/onnx/adjoint/path.ts'
import { probeGraph } from '../../../src/onnx/adjoint/probe.ts'
import { readModel } from '../../../src/onnx/model.ts'
import { type Graph, graphModel, node, tensor } from '../graphs.ts'

const model = (graph: Graph) => readModel(graphModel(graph), 'model.onnx')
const path = (graph: Graph, wrt = ['x']) => findPath(model(graph), { target: 'y', wrt })

/** Through probing, with sizes as they would be found. */
function built(graph: Graph) {
  const read = model(graph)
  const found = path(graph)
  const { sizes, values } = probeGraph(read, found)
  const all = new Map([...sizes.keys()].map(name => [name, [null, 3]]))
  return adjointModel(read, found, {
    sizes: all,
    values: new Map([...values.keys()].map(name => [name, [1]])),
  })
}

describe('the path of a gradient', () => {
  test('is what changes with the tensor and leads to the target', () => {
    const { nodes } = path({
      nodes: [
        node('Relu', ['x'], 'a'),
        node('Shape', ['x'], 'sizes'),
        node('Exp', ['w'], 'constant'),
        node('Tanh', ['a'], 'beside'),
        node('Mul', ['a', 'constant'], 'b'),
        node('Reshape', ['b', 'sizes'], 'y'),
      ],
      weights: [tensor('w', 'float32', [3], [1, 2, 3])],
    })
    expect(nodes.map(({ node, inputs }) => [node.opType, inputs])).toEqual([
      ['Relu', [0]],
      ['Mul', [0]],
      ['Reshape', [0]],
    ])
  })

  test('does not mind operators that only sizes come from', () => {
    const { nodes } = path({
      nodes: [
        node('Unheard', ['x'], 'a'),
        node('Shape', ['a'], 'sizes'),
        node('Reshape', ['x', 'sizes'], 'y'),
      ],
    })
    expect(nodes).toHaveLength(1)
  })

  test('takes a concatenation that begins with an earlier one as that of it with the rest', () => {
    const { nodes } = path({
      nodes: [
        node('Relu', ['x'], 'a'),
        node('Concat', ['x', 'a'], 'xa', { axis: 1 }),
        node('Relu', ['xa'], 'b'),
        node('Concat', ['x', 'a', 'b'], 'xab', { axis: 1 }),
        node('Concat', ['w', 'x', 'a', 'b'], 'wide', { axis: 1 }),
        node('Sum', ['xab', 'wide'], 'y'),
      ],
      weights: [tensor('w', 'float32', [3], [1, 2, 3])],
    })
    const concatenations = nodes.filter(({ node }) => node.opType === 'Concat')
    expect(concatenations.map(({ node, inputs }) => [node.input, inputs])).toEqual([
      [
        ['x', 'a'],
        [0, 1],
      ],
      [
        ['xa', 'b'],
        [0, 1],
      ],
      [
        ['w', 'x', 'a', 'b'],
        [1, 2, 3],
      ],
    ])
  })

  test.each<[string, Graph, string]>([
    [
      'an operator that no rule is for',
      { nodes: [node('Det', ['x'], 'y')] },
      'model.onnx: /y (Det): its gradient is not known, export the model without it',
    ],
    [
      'an operator of somebody else',
      { nodes: [node('Relu', ['x'], 'y', {}, 'com.example')] },
      'model.onnx: /y (com.example.Relu): its gradient is not known, export the model without it',
    ],
    [
      'numbers that a position is marked with',
      {
        nodes: [node('OneHot', ['at', 'depth', 'x'], 'y')],
        weights: [tensor('at', 'int64', [1], [1]), tensor('depth', 'int64', [1], [4])],
      },
      'model.onnx: /y (OneHot): its gradient is not known, export the model without it',
    ],
    [
      'a sequence of numbers that begins with the input',
      { nodes: [node('Range', ['x', 'w', 'w'], 'y')], weights: [tensor('w', 'float32', [], [9])] },
      'model.onnx: /y (Range): its gradient is not known, export the model without it',
    ],
    [
      'a function of the model',
      {
        nodes: [node('Swoosh', ['x'], 'y', {}, 'com.example')],
        // FunctionProto { name: 'Swoosh', domain: 'com.example' }
        functions: [new TextEncoder().encode('\n\u0006SwooshR\u000bcom.example')],
      },
      "model.onnx: /y (com.example.Swoosh): a function of the model itself, expected ONNX's own operators, export with functions inlined",
    ],
    [
      'a weight that is computed from the input',
      { nodes: [node('Conv', ['w', 'x'], 'y')], weights: [tensor('w', 'float32', [1], [1])] },
      'model.onnx: /y (Conv): its gradient by input 1 is not known, export the model with a constant there',
    ],
    [
      'an old operator set',
      { nodes: [node('Relu', ['x'], 'y')], opset: 9 },
      'model.onnx: operator set 9, expected 11 or later for gradients, export it again',
    ],
    [
      'half precision',
      { nodes: [node('Cast', ['x'], 'y', { to: 10 })] },
      'model.onnx: /y (Cast): half precision, expected float32, export the model in full precision',
    ],
    [
      'a target that does not change',
      { nodes: [node('Floor', ['x'], 'y')] },
      'model.onnx: y does not depend on x, expected tensors that lead to it',
    ],
  ])('ends at %s', (_, graph, message) => {
    expect(() => path(graph)).toThrow(message)
  })

  test('begins at tensors that are there', () => {
    const graph = { nodes: [node('Relu', ['x'], 'y')] }
    expect(() => path(graph, ['z'])).toThrow('model.onnx: tensor not found: z, check its name')
  })
})

describe('an adjoint', () => {
  test.each<[string, Graph, string]>([
    [
      'training mode',
      { nodes: [node('BatchNormalization', ['x', 's', 's', 's', 's'], 'y', { training_mode: 1 })] },
      '/y (BatchNormalization): training mode, its gradient is not known, export the model without',
    ],
    [
      'lengths of sequences',
      { nodes: [node('LSTM', ['x', 's', 's', '', 's'], 'y', { hidden_size: 3 })] },
      '/y (LSTM): sequence_lens, its gradient is not known, export the model without',
    ],
    [
      'a mean beside what is normalised by it',
      {
        nodes: [
          { ...node('LayerNormalization', ['x', 's'], 'n'), output: ['n', 'mean'] },
          node('Add', ['n', 'mean'], 'y'),
        ],
        opset: 17,
      },
      '/n (LayerNormalization): its output 1 is used, its gradient is not known, export the model without',
    ],
    [
      'a diagonal',
      { nodes: [node('Einsum', ['x'], 'y', { equation: 'ii->i' })] },
      '/y (Einsum): equation ii->i, which takes a diagonal, its gradient is not known, export the model without',
    ],
    [
      'a part of a picture',
      { nodes: [node('Resize', ['x'], 'y', { coordinate_transformation_mode: 'tf_crop_and_resize' })] },
      '/y (Resize): coordinate_transformation_mode tf_crop_and_resize, its gradient is not known, export the model without',
    ],
    [
      'a concatenation along the batch',
      { nodes: [node('Concat', ['x', 'x'], 'y', { axis: 0 })] },
      '/y (Concat): along the batch, its gradient is not known, export the model without',
    ],
  ])('is refused for %s', (_, graph, message) => {
    const weights = [tensor('s', 'float32', [3], [1, 1, 1]), tensor('pads', 'int64', [1], [1])]
    expect(() => built({ ...graph, weights })).toThrow(message)
  })

  test('wants numbers that do not depend on the input', () => {
    const graph = {
      nodes: [node('Cast', ['x'], 'starts', { to: 7 }), node('Slice', ['x', 'starts', 'starts'], 'y')],
    }
    expect(() => built(graph)).toThrow(
      'model.onnx: /y (Slice): starts depends on the input, expected a constant for a gradient',
    )
  })

  test('has names that the model has none of', () => {
    const { seed, gradients } = built({
      nodes: [node('Relu', ['x'], 'adjoint/seed'), node('Relu', ['adjoint/seed'], 'y')],
    })
    expect([seed.name, ...gradients]).toEqual(['adjoint//seed', 'adjoint//gradient_0'])
  })
})
