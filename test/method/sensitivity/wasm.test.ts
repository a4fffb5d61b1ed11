import * as ort from 'onnxruntime-web'
import { describe, expect, test } from 'vitest'
import type { Runtime, Tensor } from '../../../src/runtime/runtime.ts'
import { bound, identity, opsetsOf } from './identity.ts'
import { CASES } from './operator-cases.ts'

ort.env.wasm.numThreads = 1

/** ONNX Runtime's kernels on WebAssembly, one thread. */
const runtime: Runtime = {
  device: 'cpu',
  async load(model) {
    const session = await ort.InferenceSession.create(model, {
      executionProviders: ['wasm'],
      logSeverityLevel: 3,
    })
    return {
      async run(inputs, outputs) {
        const feeds = Object.entries(inputs).map(([name, { type, data, dims }]) => [
          name,
          new ort.Tensor(type as 'float32', data as Float32Array, dims),
        ])
        const results = await session.run(Object.fromEntries(feeds), outputs)
        return Object.fromEntries(outputs.map(name => [name, results[name] as unknown as Tensor]))
      },
      release: () => session.release(),
    }
  },
}

describe('⟨u, Jv⟩ = ⟨Jᵀu, v⟩ on WebAssembly for', () => {
  for (const of of CASES) {
    test.each(opsetsOf(of))(`${of.name}, operator set %i`, async opset => {
      const { error, scale } = await identity(of, opset, runtime)
      expect(error).toBeLessThan(bound(of))
      expect(scale).toBeGreaterThan(0)
    })
  }
})
