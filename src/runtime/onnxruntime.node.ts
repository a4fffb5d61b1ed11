import type { InferenceSession } from 'onnxruntime-node'
import type { Device } from './device.ts'
import type { Runtime, Session, Tensor } from './runtime.ts'

/** Errors only: warnings about a user's graph are not for a user's terminal. */
const LOG_ERRORS = 3

type OnnxRuntime = typeof import('onnxruntime-node')

/** Nothing about its use is sent to anybody. */
const SILENT = { ORT_DISABLE_TELEMETRY: '1' }

/** Variables that are read when a device is first used, set here unless they are set already. */
const ENVIRONMENT: { readonly [K in Device]: Readonly<Record<string, string>> } = {
  cpu: SILENT,
  webgpu: SILENT,
  // The ten bits of TensorFloat-32, which CUDA would make products with, do not pass the self-check.
  cuda: { ...SILENT, NVIDIA_TF32_OVERRIDE: '0' },
}

/** Loaded when it is first needed. */
function onnxRuntime(device: Device): Promise<OnnxRuntime> {
  for (const [name, value] of Object.entries(ENVIRONMENT[device])) process.env[name] ??= value
  return import('onnxruntime-node')
}

/** Whether ONNX Runtime sends nothing about its use: always, unless the environment asks for it. */
export function telemetryIsOff(): boolean {
  const { ORT_DISABLE_TELEMETRY = SILENT.ORT_DISABLE_TELEMETRY } = process.env
  return ORT_DISABLE_TELEMETRY === SILENT.ORT_DISABLE_TELEMETRY
}

/** The version of ONNX Runtime. Throws where it cannot be loaded. */
export async function onnxRuntimeVersion(): Promise<string> {
  const { env } = await onnxRuntime('cpu')
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
    async load(model, externalData = [], { spins = false } = {}) {
      const onnxruntime = await onnxRuntime(device)
      const session = await onnxruntime.InferenceSession.create(model, {
        executionProviders: [device],
        logSeverityLevel: LOG_ERRORS,
        extra: {
          session: {
            qdq_matmulnbits_accuracy_level: FLOAT32,
            intra_op: { allow_spinning: spins ? '1' : '0' },
          },
        },
        externalData: externalData.map(({ path, data }) => ({ path, data })),
        ...(threads === undefined ? {} : { intraOpNumThreads: threads }),
      })
      return wrap(session, onnxruntime)
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
