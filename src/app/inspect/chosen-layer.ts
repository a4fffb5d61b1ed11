import type { Activation } from '../../onnx/activation.ts'
import { findHeads, type OutputActivation } from '../../onnx/head.ts'
import type { LinearNumbers, LinearPlace } from '../../onnx/heads/linear.ts'
import { findLayer, findLayers } from '../../onnx/layers.ts'
import type { ModelFile } from './model-file.node.ts'
import { noHead } from './no-head.ts'

/** The layer of a model that is explained, with what is known to follow it. */
export interface ChosenLayer extends LinearPlace, LinearNumbers {
  /** The output of the model that it leads to; null for a hidden layer */
  readonly output: string | null
  /** What stands between it and that output */
  readonly activation: OutputActivation
  /** σ, what the network goes on with; null where only the user knows what the logits are for */
  readonly sigma: Activation | null
}

/**
 * The layer of that name, or else the head. Errors: UserError where there is none, and why, with those that
 * there are.
 */
export async function chooseLayer(file: ModelFile, name: string | undefined): Promise<ChosenLayer> {
  const { heads, refused } = await findHeads(file.model, file.readExternal)
  const head =
    name === undefined ? heads[0] : heads.find(({ layer, logits }) => [layer, logits].includes(name))
  if (head) return { ...head, sigma: SIGMA[head.activation] }
  if (name === undefined) {
    const { layers } = await findLayers(file.model, file.readExternal)
    throw noHead(file.model.name, refused, layers)
  }
  const { activation, layer, op, features, form, logits, weight, bias } = await findLayer(
    file.model,
    file.readExternal,
    name,
  )
  const place = { layer, op, features, form, logits }
  return { ...place, weight, bias, output: null, activation: 'none', sigma: activation }
}

const SIGMA: { readonly [K in OutputActivation]: Activation | null } = {
  none: null,
  softmax: 'softmax',
  'log-softmax': 'softmax',
  sigmoid: 'sigmoid',
}
