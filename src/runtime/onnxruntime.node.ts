import { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node'
import type { Runtime, Session, Tensor } from './runtime.ts'

/** Errors only: warnings about a user's graph are not for a user's terminal. */
const LOG_ERRORS = 3

/** ONNX Runtime's native kernels on the processor, on all cores unless told how many threads to use. */
export function cpuRuntime(threads?: number): Runtime {
  return {
    device: 'cpu',
    async load(model, externalData = []) {
      const session = await InferenceSession.create(model, {
        logSeverityLevel: LOG_ERRORS,
        externalData: externalData.map(({ path, data }) => ({ path, data })),
        ...(threads === undefined ? {} : { intraOpNumThreads: threads }),
      })
      return wrap(session)
    },
  }
}

function wrap(session: InferenceSession): Session {
  return {
    async run(inputs, outputs) {
      const feeds = Object.fromEntries(
        Object.entries(inputs).map(([name, { type, data, dims }]) => [name, new OrtTensor(type, data, dims)]),
      )
      const results = await session.run(feeds, outputs)
      return Object.fromEntries(
        outputs.map(name => {
          const { type, data, dims } = results[name]
          return [name, { type, data, dims } as Tensor]
        }),
      )
    },
    release: () => session.release(),
  }
}
