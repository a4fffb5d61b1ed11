import { pathToFileURL } from 'node:url'
import type * as OnnxRuntime from 'onnxruntime-node'
import { describe, expect, test } from 'vitest'
import type { Runtime, Tensor } from '../../../src/runtime/runtime.ts'
import { bound, identity, opsetsOf } from './identity.ts'
import { CASES } from './operator-cases.ts'

/** The module of onnxruntime-web that computes on WebAssembly in Node.js; the package is none of this one's. */
const { REPRESENTER_ONNXRUNTIME_WEB: path } = process.env

/** ONNX Runtime's kernels on WebAssembly, one thread. */
async function wasmRuntime(file: string): Promise<Runtime> {
  const runtime = (await import(pathToFileURL(file).href)) as typeof OnnxRuntime
  runtime.env.wasm.numThreads = 1
  runtime.env.logLevel = 'error'
  return {
    device: 'cpu',
    async load(model) {
      const session = await runtime.InferenceSession.create(model, { executionProviders: ['wasm'] })
      return {
        async run(inputs, outputs) {
          const feeds = Object.entries(inputs).map(([name, { type, data, dims }]) => [
            name,
            new runtime.Tensor(type, data, dims),
          ])
          const results = await session.run(Object.fromEntries(feeds), outputs)
          return Object.fromEntries(outputs.map(name => [name, results[name] as unknown as Tensor]))
        },
        release: () => session.release(),
      }
    },
  }
}

describe.skipIf(!path)(
  `⟨u, Jv⟩ = ⟨Jᵀu, v⟩ on WebAssembly${path ? '' : ', skipped: REPRESENTER_ONNXRUNTIME_WEB names no ort.node.min.mjs'} for`,
  async () => {
    const runtime = path ? await wasmRuntime(path) : null
    for (const of of CASES) {
      test.each(opsetsOf(of))(`${of.name}, operator set %i`, async opset => {
        const { error, scale } = await identity(of, opset, runtime as Runtime)
        expect(error).toBeLessThan(bound(of))
        expect(scale).toBeGreaterThan(0)
      })
    }
  },
)
