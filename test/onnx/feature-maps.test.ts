import { expect, test } from 'vitest'
import { featureMaps } from '../../src/onnx/feature-maps.ts'
import { readModel } from '../../src/onnx/model.ts'
import { type Graph, graphModel, node, tensor } from './graphs.ts'

const w = tensor('w', 'float32', [1], [1])

/** Feature maps of a network of pictures x, or of something else. */
function found(nodes: Graph['nodes'], isPicture = true): string[] {
  const model = readModel(graphModel({ nodes, weights: [w], x: [3, 8, 8] }), 'model.onnx')
  return [...featureMaps(model, 'x', isPicture)]
}

test('are what windows over the picture give, and what keeps it in its place', () => {
  const nodes = [
    node('Sub', ['x', 'w'], 'centred'),
    node('Conv', ['centred', 'w'], 'conv'),
    node('BatchNormalization', ['conv', 'w', 'w', 'w', 'w'], 'normal'),
    node('Relu', ['normal'], 'relu'),
    node('GlobalAveragePool', ['relu'], 'pooled'),
    node('Flatten', ['pooled'], 'flat'),
    node('Gemm', ['flat', 'w'], 'dense'),
    node('Sigmoid', ['dense'], 'gate'),
    node('Mul', ['relu', 'gate'], 'gated'),
    node('Concat', ['gated', 'conv'], 'both', { axis: 1 }),
    node('MaxPool', ['both'], 'y', { kernel_shape: [2, 2] }),
  ]
  const maps = ['x', 'centred', 'conv', 'normal', 'relu', 'pooled', 'gated', 'both', 'y']
  expect(found(nodes)).toEqual(maps)
})

test('are none of attention, nor what has its channels last or shuffled', () => {
  const nodes = [
    node('Conv', ['x', 'w'], 'patches'),
    node('Transpose', ['patches'], 'last', { perm: [0, 2, 3, 1] }),
    node('LayerNormalization', ['last', 'w'], 'normal'),
    node('Reshape', ['patches', 'w'], 'shuffled'),
    node('Conv', ['shuffled', 'w'], 'shuffled.conv'),
    node('MatMul', ['last', 'w'], 'q'),
    node('MatMul', ['q', 'last'], 'scores'),
    node('Softmax', ['scores'], 'attention'),
    // Heads that are mixed by a convolution.
    node('Conv', ['attention', 'w'], 'talking'),
    node('MatMul', ['talking', 'last'], 'y'),
  ]
  expect(found(nodes)).toEqual(['x', 'patches', 'shuffled.conv'])
})

test('are none of an input with its channels last, until it is turned about', () => {
  const nodes = [
    node('Mul', ['x', 'w'], 'scaled'),
    node('Transpose', ['scaled'], 'first', { perm: [0, 3, 1, 2] }),
    node('Conv', ['first', 'w'], 'y'),
  ]
  expect(found(nodes, false)).toEqual(['y'])
})
