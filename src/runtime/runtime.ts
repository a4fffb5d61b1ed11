import type { Device } from './device.ts'

/** Element types of the tensors that enter and leave a session. */
export type TensorType = 'float16' | 'float32' | 'float64' | 'int64' | 'int32' | 'uint8' | 'bool'

export interface Tensor {
  readonly type: TensorType
  readonly dims: readonly number[]
  /** Halves by their bits. */
  readonly data: Uint16Array | Float32Array | Float64Array | BigInt64Array | Int32Array | Uint8Array
}

/** A weight file that a model names, by that name. */
export interface ExternalData {
  readonly path: string
  readonly data: Uint8Array
}

/** A model ready to run. */
export interface Session {
  /** Runs the model once; answers the outputs asked for, by name. */
  run(inputs: Readonly<Record<string, Tensor>>, outputs: readonly string[]): Promise<Record<string, Tensor>>
  /** Frees what the session holds outside the heap. */
  release(): Promise<void>
}

export interface LoadOptions {
  /**
   * Whether threads that wait for work turn in circles for a while, which is faster for a model that is all that
   * runs; beside others, which have threads of their own, a fit took a quarter longer.
   */
  readonly spins?: boolean
  /**
   * How far outputs of a device may be from the processor's, relative to the largest number, where that is not what
   * rounding makes: see `withFallback`.
   */
  readonly tolerances?: Readonly<Record<string, number>>
}

/** What runs ONNX models: everything heavy goes through here, whatever the machine or the browser. */
export interface Runtime {
  readonly device: Device
  /** Throws an Error with the runtime's own words where it cannot run the model. */
  load(model: Uint8Array, externalData?: readonly ExternalData[], options?: LoadOptions): Promise<Session>
}

/** Loads a model, hands its session to `use`, and releases it whatever happens. */
export async function withSession<T>(
  runtime: Runtime,
  model: Uint8Array,
  use: (session: Session) => Promise<T>,
): Promise<T> {
  const session = await runtime.load(model)
  try {
    return await use(session)
  } finally {
    await session.release()
  }
}

/** A matrix as a tensor, without a copy. */
export function matrixTensor(
  matrix: { rows: number; cols: number } & ({ data: Float32Array | Float64Array } | { bits: Uint16Array }),
): Tensor {
  const dims = [matrix.rows, matrix.cols]
  if ('bits' in matrix) return { type: 'float16', dims, data: matrix.bits }
  return { type: matrix.data instanceof Float32Array ? 'float32' : 'float64', dims, data: matrix.data }
}
