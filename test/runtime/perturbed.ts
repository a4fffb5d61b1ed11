import type { Runtime, Tensor } from '../../src/runtime/runtime.ts'

/** A runtime whose float answers are changed, number by number: as a device with wrong kernels gives them. */
export function perturbed(runtime: Runtime, change: (x: number, run: number) => number): Runtime {
  return {
    device: 'webgpu',
    async load(...model) {
      const session = await runtime.load(...model)
      let runs = 0
      return {
        async run(...asked) {
          runs++
          const wrong = ([name, tensor]: [string, Tensor]) => {
            const { data } = tensor
            if (!(data instanceof Float32Array || data instanceof Float64Array)) return [name, tensor]
            return [name, { ...tensor, data: data.map(x => change(x, runs)) }]
          }
          return Object.fromEntries(Object.entries(await session.run(...asked)).map(wrong))
        },
        release: () => session.release(),
      }
    },
  }
}
