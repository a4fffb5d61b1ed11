import type { InferenceSession } from 'onnxruntime-node'
import type { Runtime, Session, Tensor } from './runtime.ts'

/** Errors only: warnings about a user's graph are not for a user's terminal. */
const LOG_ERRORS = 3

type OnnxRuntime = typeof import('onnxruntime-node')

/** Loaded when it is first needed, and told before that to send nothing about its use to anybody. */
function onnxRuntime(): Promise<OnnxRuntime> {
  process.env.ORT_DISABLE_TELEMETRY ??= '1'
  return import('onnxruntime-node')
}

/** Products with 8-bit weights that a model dequantises itself are not taken back to integers. */
const FLOAT32 = '1'

/** ONNX Runtime's native kernels on the processor, on all cores unless told how many threads to use. */
export function cpuRuntime(threads?: number): Runtime {
  return {
    device: 'cpu',
    async load(model, externalData = []) {
      const { InferenceSession } = await onnxRuntime()
      const session = await InferenceSession.create(model, {
        logSeverityLevel: LOG_ERRORS,
        extra: { session: { qdq_matmulnbits_accuracy_level: FLOAT32 } },
        externalData: externalData.map(({ path, data }) => ({ path, data })),
        ...(threads === undefined ? {} : { intraOpNumThreads: threads }),
      })
      return wrap(session, await onnxRuntime())
    },
  }
}

function wrap(session: InferenceSession, { Tensor: OrtTensor }: OnnxRuntime): Session {
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
