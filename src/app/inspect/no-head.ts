import type { RefusedHead } from '../../onnx/head.ts'
import { UserError } from '../../user-error.ts'

/** What to say where a model ends in no layer that can be explained, though others of its `layers` may. */
export function noHead(
  name: string,
  refused: readonly RefusedHead[],
  layers: readonly { readonly layer: string }[] = [],
): UserError {
  const reasons = refused.map(({ layer, op, reason }) => `${layer} (${op}): ${reason}`)
  const last = layers.at(-1)
  const remedy = last
    ? `explain a hidden layer, as --layer ${last.layer} (inspect lists them), or compute`
    : 'compute'
  return new UserError(
    'model',
    `${name}: no linear head found; ${reasons.join('; ')}; ${remedy} the features yourself and use --features`,
  )
}
