import { expect, test } from 'vitest'
import { Gradients } from '../../../src/method/sensitivity/gradients.ts'
import { readModel } from '../../../src/onnx/model.ts'
import { withFallback } from '../../../src/runtime/fallback.ts'
import { cpuRuntime } from '../../../src/runtime/onnxruntime.node.ts'
import type { Runtime, Tensor } from '../../../src/runtime/runtime.ts'
import { graphModel, node } from '../../onnx/graphs.ts'

const cpu = cpuRuntime(1)

/** A device whose kernels give so many times what they should where an output's name says so. */
const wrong = (name: RegExp, factor: number): Runtime => ({
  device: 'webgpu',
  async load(...model) {
    const session = await cpu.load(...model)
    const changed = ([key, tensor]: [string, Tensor]): [string, Tensor] =>
      name.test(key) && tensor.data instanceof Float32Array
        ? [key, { ...tensor, data: tensor.data.map(x => factor * x) }]
        : [key, tensor]
    return {
      run: async (...asked) => Object.fromEntries(Object.entries(await session.run(...asked)).map(changed)),
      release: () => session.release(),
    }
  },
})

/** The gradient of ⟨1, x²⟩ at 1, 2, 3 on a device, and what was said of it by then and when it was loaded. */
async function squared(device: Runtime) {
  const said: string[] = []
  const model = readModel(graphModel({ nodes: [node('Mul', ['x', 'x'], 'y')] }), 'model.onnx')
  const inputs = (batch: number) => {
    const data = Float32Array.from({ length: 3 * batch }, (_, i) => 1 + (i % 3))
    return { x: { type: 'float32' as const, dims: [batch, 3], data } }
  }
  const runtime = withFallback(device, cpu, reason => said.push(reason))
  const gradients = await Gradients.load(runtime, model, { target: 'y', wrt: ['x'], inputs, fixed: null })
  const whenLoaded = [...said]
  const [{ data }] = await gradients.run(inputs(1), Float32Array.of(1, 1, 1), [1, 3])
  await gradients.release()
  return { whenLoaded, said, gradient: Array.from(data, Number) }
}

test('a device is left when it is loaded where only its gradients are wrong', async () => {
  const reason = 'its adjoint/gradient_0 is off by 1.0e+0 of the largest number'
  expect(await squared(wrong(/gradient/, 2))).toEqual({
    whenLoaded: [reason],
    said: [reason],
    gradient: [2, 4, 6],
  })
})

test('a device is left where its answers are off by more than rounding', async () => {
  const { whenLoaded, gradient } = await squared(wrong(/target/, 1.01))
  expect(whenLoaded).toEqual(['its adjoint/target is off by 1.0e-2 of the largest number'])
  expect(gradient).toEqual([2, 4, 6])
})

test('a device stays whose gradients are off by what a kink makes', async () => {
  const { said, gradient } = await squared(wrong(/gradient/, 1.125))
  expect(said).toEqual([])
  expect(gradient).toEqual([2.25, 4.5, 6.75])
})
