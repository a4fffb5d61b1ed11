import { exposeHead } from '../../method/network/network.ts'
import { findHeads, type Head } from '../../onnx/head.ts'
import { type OnnxModel, readModel } from '../../onnx/model.ts'
import { UserError } from '../../user-error.ts'
import { readModelFile } from './model-file.node.ts'
import { noHead } from './no-head.ts'

/** A copy of a model that gives what its head is given, too. */
export interface ExposedModel {
  /** An ONNX file */
  readonly model: Uint8Array
  /** The output that gives the features, float32 [batch, d]: `features`, or `features_2` where that is taken */
  readonly features: string
  /** The output that gives the logits before any activation, float32 [batch, c] */
  readonly logits: string
  readonly d: number
  readonly c: number
  /** Files with weights, which have to stand beside the copy under these names */
  readonly externalFiles: readonly string[]
}

/**
 * A copy of a model whose features and logits are outputs beside its own, for services that run the network
 * themselves and hand what it gives to `explain`. Nothing is run and nothing is written.
 *
 * @param model a path, or the bytes of a model whose head has its weights in them
 * Errors: UserError where it is no model, or none with a head that can be explained.
 *
 * @example
 * const { model, features, logits } = await exposeFeatures('model.onnx')
 * const session = await InferenceSession.create(model)
 */
export async function exposeFeatures(model: string | Uint8Array): Promise<ExposedModel> {
  const file = typeof model === 'string' ? await readModelFile(model) : fromBytes(model)
  const { heads, refused } = await findHeads(file.model, file.readExternal)
  if (heads.length === 0) throw noHead(file.model.name, refused)
  return exposeHeadOf(file.model, heads[0])
}

/** The same for a head that was found. */
export function exposeHeadOf(model: OnnxModel, head: Head): ExposedModel {
  const { rows: d, cols: c } = head.weight
  const { bytes, names } = exposeHead(model, head, { d, c })
  return { model: bytes, ...names, d, c, externalFiles: model.externalFiles }
}

function fromBytes(bytes: Uint8Array) {
  const name = 'model'
  const readExternal = (file: string): never => {
    throw new UserError(
      'model',
      `${name}: its head has weights in ${file}, expected the path of the model, which leads there`,
    )
  }
  return { model: readModel(bytes, name), readExternal }
}
