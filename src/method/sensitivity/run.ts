import { firstLine } from '../../runtime/first-line.ts'
import type { ExternalData, LoadOptions, Runtime, Session, Tensor } from '../../runtime/runtime.ts'
import { UserError } from '../../user-error.ts'

/** Errors: UserError in ONNX Runtime's own words. */
export async function loadModel(
  runtime: Runtime,
  name: string,
  bytes: Uint8Array,
  externalData: readonly ExternalData[],
  options: LoadOptions = {},
): Promise<Session> {
  try {
    return await runtime.load(bytes, externalData, options)
  } catch (cause) {
    throw new UserError('model', `${name}: ONNX Runtime cannot load it: ${firstLine(cause)}`, { cause })
  }
}

/** Errors: UserError in ONNX Runtime's own words. */
export async function runModel(
  session: Session,
  name: string,
  inputs: Readonly<Record<string, Tensor>>,
  outputs: readonly string[],
): Promise<Record<string, Tensor>> {
  try {
    return await session.run(inputs, outputs)
  } catch (cause) {
    throw new UserError('model', `${name}: ONNX Runtime cannot run it: ${firstLine(cause)}`, { cause })
  }
}
