import { describe, expect, test } from 'vitest'
import { random } from '../../../src/math/random.ts'
import { Gradients } from '../../../src/method/sensitivity/gradients.ts'
import { readModel } from '../../../src/onnx/model.ts'
import { cpuRuntime } from '../../../src/runtime/onnxruntime.node.ts'
import { graphModel, node } from '../../onnx/graphs.ts'
import { bound, count, drawn, identity, norm, opened, opsetsOf } from './identity.ts'
import { CASES } from './operator-cases.ts'

const runtime = cpuRuntime(1)

describe('⟨u, Jv⟩ = ⟨Jᵀu, v⟩ for', () => {
  for (const of of CASES) {
    test.each(opsetsOf(of))(`${of.name}, operator set %i`, async opset => {
      const { error, scale } = await identity(of, opset)
      expect(error).toBeLessThan(bound(of))
      expect(scale).toBeGreaterThan(0)
    })
  }
})

describe('one input with many seeds gives what each seed gives alone, for', () => {
  test.each(CASES.map(of => [of.name, of] as const))('%s', async (_, of) => {
    const opset = of.to ?? 17
    const { forward, gradients, input } = await opened(of, Math.max(opset, of.from ?? 11))
    const { x } = drawn(of, 1, 7)
    const y = await forward(x)
    expect(gradients.isFree).toBe(true)
    const uniform = random(3)
    const seeds = Float32Array.from({ length: 3 * y.data.length }, () => uniform() - 0.5)
    const [many] = await gradients.run(
      input(x),
      seeds,
      gradients.targetSizes.map(size => size ?? 3),
    )
    expect(many.dims).toEqual([3, ...of.x])
    for (let k = 0; k < 3; k++) {
      const part = (data: Float32Array, size: number) => data.subarray(k * size, (k + 1) * size)
      const [one] = await gradients.run(input(x), part(seeds, y.data.length), y.dims)
      const [found, alone] = [part(many.data as Float32Array, x.length), one.data as Float32Array]
      const off = norm(found.map((value, i) => value - alone[i]))
      expect(off).toBeLessThanOrEqual(2e-6 * norm(alone))
    }
    await gradients.release()
  })
})

test('a vector that is zero has a norm without gradient, as in PyTorch', async () => {
  const model = readModel(
    graphModel({ nodes: [node('ReduceL2', ['x'], 'y', { axes: [1] })], x: [2] }),
    'model.onnx',
  )
  const inputs = (batch: number) => ({
    x: { type: 'float32' as const, dims: [batch, 2], data: new Float32Array(2 * batch) },
  })
  const gradients = await Gradients.load(runtime, model, { target: 'y', wrt: ['x'], inputs, fixed: null })
  const [gradient] = await gradients.run(inputs(1), Float32Array.of(1000), [1, 1])
  expect(Array.from(gradient.data, Number)).toEqual([0, 0])
  await gradients.release()
})

describe('where several numbers are the largest', () => {
  const tied = async (opType: string, attributes: Parameters<typeof node>[3]) => {
    const bytes = graphModel({ nodes: [node(opType, ['x'], 'y', attributes)], x: [2, 4, 4] })
    const inputs = (batch: number) => ({
      x: { type: 'float32' as const, dims: [batch, 2, 4, 4], data: new Float32Array(32 * batch).fill(3) },
    })
    const options = { target: 'y', wrt: ['x'], inputs, fixed: null }
    const gradients = await Gradients.load(runtime, readModel(bytes, 'model.onnx'), options)
    const dims = gradients.targetSizes.map(size => size ?? 1)
    const seed = Float32Array.from({ length: count(dims) }, (_, i) => i + 1)
    const [gradient] = await gradients.run(inputs(1), seed, dims)
    await gradients.release()
    return { seed, gradient: gradient.data as Float32Array }
  }

  test('a pooling passes the gradient to the first of them', async () => {
    const { gradient } = await tied('MaxPool', { kernel_shape: [2, 2], strides: [2, 2] })
    expect(Array.from(gradient.subarray(0, 16))).toEqual([1, 0, 2, 0, 0, 0, 0, 0, 3, 0, 4, 0, 0, 0, 0, 0])
  })

  test.each(['GlobalMaxPool', 'ReduceMax', 'ReduceMin'])('%s shares it among them', async opType => {
    const { seed, gradient } = await tied(opType, {})
    const parts = gradient.length / seed.length
    expect(Array.from(gradient)).toEqual(Array.from(gradient, (_, i) => seed[Math.floor(i / parts)] / parts))
  })
})
