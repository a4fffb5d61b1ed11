import type { LinearNumbers, LinearPlace } from '../../onnx/heads/linear.ts'
import type { OnnxModel } from '../../onnx/model.ts'
import { inputShapeFor } from './input-shape.ts'
import { exposeHead, type NetworkShape } from './network.ts'

/** A copy of a model that gives a layer's features and logits, and its shape. */
export interface HeadNetwork {
  readonly bytes: Uint8Array
  readonly shape: NetworkShape
}

/**
 * The network in front of a linear layer.
 *
 * @param itemShape sizes of one input as the data have it; null takes the file's own. Errors: as `inputShapeFor`
 */
export function headNetwork(
  model: OnnxModel,
  layer: LinearPlace & Pick<LinearNumbers, 'weight'>,
  itemShape: readonly number[] | null,
): HeadNetwork {
  const { input, inputShape, batch } = inputShapeFor(model, itemShape)
  const { bytes, names } = exposeHead(model, layer)
  const { rows: d, cols: c } = layer.weight
  const { name } = model
  const shape = {
    name,
    inputName: input.name,
    inputType: input.type,
    inputShape,
    batch,
    outputs: names,
    d,
    c,
  }
  return { bytes, shape }
}
