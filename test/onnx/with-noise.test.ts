import { expect, test } from 'vitest'
import { readModel } from '../../src/onnx/model.ts'
import { withNoise } from '../../src/onnx/with-noise.ts'
import { cpuRuntime } from '../../src/runtime/onnxruntime.node.ts'
import { withSession } from '../../src/runtime/runtime.ts'
import { graphModel, node, tensor } from './graphs.ts'

const float = (...data: number[]) => ({
  type: 'float32' as const,
  dims: [1, data.length],
  data: Float32Array.from(data),
})

test('whatever takes a tensor takes it with noise, and all else stays as it is', async () => {
  const nodes = [
    node('Mul', ['x', 'w'], 'a'),
    node('Add', ['a', 'x'], 'b'),
    node('Mul', ['a', 'b'], 'c'),
    node('Identity', ['c'], 'y'),
  ]
  const weights = [tensor('w', 'float32', [3], [1, 2, 3])]
  const model = readModel(graphModel({ nodes, weights }), 'model.onnx')
  const { bytes, noises } = withNoise(model, ['a', 'b'])
  expect(noises).toEqual([
    { name: 'noise/0', tensor: 'a', type: 'float32' },
    { name: 'noise/1', tensor: 'b', type: 'float32' },
  ])
  const noisy = readModel(bytes, 'model.onnx')
  expect(noisy.initializers).toEqual(model.initializers)
  expect(noisy.nodes.filter(({ opType }) => opType !== 'Add').map(({ name }) => name)).toEqual([
    '/a',
    '/c',
    '/y',
  ])
  const found = await withSession(cpuRuntime(1), bytes, async session => {
    const { y } = await session.run({ x: float(1, 1, 2), 'noise/0': float(10, 0, 0), 'noise/1': float(5) }, [
      'y',
    ])
    return Array.from(y.data, Number)
  })
  // a = x w + ε₀, b = a + x + ε₁, y = a b
  const a = [11, 2, 6]
  expect(found).toEqual(a.map((value, i) => value * (value + [1, 1, 2][i] + 5)))
})
