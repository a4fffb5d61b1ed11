import type { InferenceSession } from 'onnxruntime-node'
import type { Device } from './device.ts'
import type { Runtime, Session, Tensor } from './runtime.ts'

/** Errors only: warnings about a user's graph are not for a user's terminal. */
const LOG_ERRORS = 3

type OnnxRuntime = typeof import('onnxruntime-node')

/** The variables that are read when a device is first used, with what they are set to unless they are set. */
const ENVIRONMENT = {
  /** Nothing about its use is sent to anybody. */
  ORT_DISABLE_TELEMETRY: '1',
  /** CUDA's products are made in float32: the 10 bits of TensorFloat-32 would not pass the self-check. */
  NVIDIA_TF32_OVERRIDE: '0',
} as const

/** Loaded when it is first needed. */
function onnxRuntime(): Promise<OnnxRuntime> {
  for (const [name, value] of Object.entries(ENVIRONMENT)) process.env[name] ??= value
  return import('onnxruntime-node')
}

/** Whether ONNX Runtime sends nothing about its use: always, unless the environment asks for it. */
export function telemetryIsOff(): boolean {
  const { ORT_DISABLE_TELEMETRY = ENVIRONMENT.ORT_DISABLE_TELEMETRY } = process.env
  return ORT_DISABLE_TELEMETRY === ENVIRONMENT.ORT_DISABLE_TELEMETRY
}

/** The version of ONNX Runtime. Throws where it cannot be loaded. */
export async function onnxRuntimeVersion(): Promise<string> {
  const { env } = await onnxRuntime()
  return env.versions.node ?? env.versions.common
}

/** Products with 8-bit weights that a model dequantises itself are not taken back to integers. */
const FLOAT32 = '1'

/** ONNX Runtime's native kernels on the processor, on all cores unless told how many threads to use. */
export function cpuRuntime(threads?: number): Runtime {
  return runtimeOn('cpu', threads)
}

/**
 * ONNX Runtime on a device; nodes that it has no kernel for run on the processor. Loading a model there can
 * end the process where drivers are broken: `tryDevice` finds that out in a process of its own.
 */
export function runtimeOn(device: Device, threads?: number): Runtime {
  return {
    device,
    async load(model, externalData = []) {
      const { InferenceSession } = await onnxRuntime()
      const session = await InferenceSession.create(model, {
        executionProviders: [device],
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
