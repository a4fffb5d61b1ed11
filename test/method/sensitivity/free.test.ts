import { expect, test } from 'vitest'
import { Gradients } from '../../../src/method/sensitivity/gradients.ts'
import { readModel } from '../../../src/onnx/model.ts'
import { cpuRuntime } from '../../../src/runtime/onnxruntime.node.ts'
import { type Graph, graphModel, node, tensor } from '../../onnx/graphs.ts'

const runtime = cpuRuntime(1)
const shape = (values: number[]) => tensor('shape', 'int64', [values.length], values)
const axis = tensor('axis', 'int64', [1], [0])

/** The gradient of ⟨1, y⟩ at x = 1, 2, …, 6 [1, 2, 3], and whether many seeds are taken beside one input. */
async function at(graph: Graph, fixed: number | null = null) {
  const bytes = graphModel({ x: [2, 3], ...graph })
  const inputs = (batch: number) => ({
    x: {
      type: 'float32' as const,
      dims: [batch, 2, 3],
      data: Float32Array.from({ length: 6 * batch }, (_, i) => 1 + (i % 6)),
    },
  })
  const model = readModel(bytes, 'model.onnx')
  const gradients = await Gradients.load(runtime, model, { target: 'y', wrt: ['x'], inputs, fixed })
  const dims = gradients.targetSizes.map(size => size ?? 1)
  const size = dims.reduce((product, length) => product * length, 1)
  const [gradient] = await gradients.run(inputs(fixed ?? 1), new Float32Array(size).fill(1), dims)
  await gradients.release()
  return { isFree: gradients.isFree, gradient: Array.from(gradient.data as Float32Array) }
}

const doubled = [2, 4, 6, 8, 10, 12]

test('a batch of its own takes many seeds', async () => {
  expect(await at({ nodes: [node('Mul', ['x', 'x'], 'y')] })).toEqual({ isFree: true, gradient: doubled })
})

test.each<[string, Graph]>([
  [
    'the batch and another axis become one',
    {
      nodes: [node('Reshape', ['x', 'shape'], 'a'), node('Mul', ['a', 'a'], 'y')],
      weights: [shape([-1, 3])],
    },
  ],
  [
    'sizes were written down for one input',
    { nodes: [node('Reshape', ['x', 'shape'], 'a'), node('Mul', ['a', 'a'], 'y')], weights: [shape([1, 6])] },
  ],
  [
    'the batch is summed over',
    {
      nodes: [node('Mul', ['x', 'x'], 'a'), node('ReduceSum', ['a', 'axis'], 'y', { keepdims: 0 })],
      weights: [axis],
    },
  ],
])('one seed at a time where %s', async (_, graph) => {
  expect(await at(graph)).toEqual({ isFree: false, gradient: doubled })
})

test('one seed for each input of a batch that the file fixes', async () => {
  const graph = { nodes: [node('Mul', ['x', 'x'], 'y')], batch: 2 }
  expect(await at(graph, 2)).toEqual({ isFree: false, gradient: [...doubled, ...doubled] })
})
