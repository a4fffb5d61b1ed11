import { describe, expect, test } from 'vitest'
import { chooseTensor } from '../../src/onnx/choose-tensor.ts'
import { embeddingsOf } from '../../src/onnx/embedding.ts'
import { readModel } from '../../src/onnx/model.ts'
import { nearNames } from '../../src/onnx/near-names.ts'
import { type Graph, graphModel, node, tensor } from './graphs.ts'

const modelOf = (graph: Graph) => readModel(graphModel(graph), 'model.onnx')
const table = tensor('table', 'float32', [3, 2], [1, 2, 3, 4, 5, 6])

describe('a tensor is chosen', () => {
  const model = modelOf({
    x: [4],
    nodes: [
      node('Relu', ['x'], 'block.relu'),
      node('Sigmoid', ['block.relu'], 'block.gate'),
      node('Mul', ['block.relu', 'block.gate'], 'y'),
      node('Shape', ['x'], 'sizes'),
    ],
  })
  const choose = (name: string) => chooseTensor(model, { from: ['x'], target: 'y' }, name)

  test('by its name, or its node’s', () => {
    expect(['x', 'block.gate', '/block.gate'].map(choose)).toEqual(['x', 'block.gate', 'block.gate'])
  })

  test('or else the names near it are told', () => {
    expect(() => choose('block.rleu')).toThrow(
      'model.onnx: tensor not found: block.rleu, expected one such as block.relu, block.gate, x',
    )
    expect(() => choose('gate.1')).toThrow('tensor not found: gate.1')
  })

  test('and not where no gradient passes it', () => {
    for (const name of ['sizes', 'y']) {
      expect(() => choose(name)).toThrow(`model.onnx: no gradient passes ${name} on the way to the features`)
    }
  })
})

test('names that hold a name are the nearest, then by edit distance', () => {
  expect(nearNames('conv', ['relu', 'layer1/conv', 'cone', 'x'], 3)).toEqual(['layer1/conv', 'cone', 'relu'])
})

describe('embeddings are found', () => {
  const lookup = (nodes: Graph['nodes']) =>
    embeddingsOf(modelOf({ x: [4], nodes, weights: [table] }), 'x', 'y')

  test('behind ids that the input is cast to', () => {
    const nodes = [
      node('Cast', ['x'], 'ids', { to: 7 }),
      node('Identity', ['table'], 'tied'),
      node('Gather', ['tied', 'ids'], 'y'),
    ]
    expect(lookup(nodes)).toEqual(['y'])
  })

  test('where a gradient reaches them', () => {
    const nodes = [
      node('Cast', ['x'], 'ids', { to: 7 }),
      node('Gather', ['table', 'ids'], 'words'),
      node('Gather', ['table', 'ids'], 'masks'),
      node('Cast', ['masks'], 'kept', { to: 9 }),
      node('Where', ['kept', 'words', 'words'], 'y'),
    ]
    expect(lookup(nodes)).toEqual(['words'])
  })

  test('and nothing else that gathers', () => {
    const nodes = [
      // Rows of the input, by its own sizes.
      node('Shape', ['x'], 'sizes'),
      node('Gather', ['x', 'sizes'], 'rows'),
      node('Gather', ['table', 'sizes'], 'positions'),
      node('Identity', ['rows'], 'y'),
    ]
    expect(lookup(nodes)).toEqual([])
  })
})
