import { isOwnOperator, type OnnxModel } from '../model.ts'
import type { NodeProto } from '../proto.ts'
import type { Known, Linear, LinearOp, Refusal, Search } from './linear.ts'
import { BEHIND, findLinear, isTransparent, LAYERS, MAX_DEPTH } from './match.ts'
import { matchTransposed } from './product.ts'
import { IS_QUANTISED, whyNoLayer } from './refused.ts'

/**
 * The linear layer whose weight a node takes, with all that is folded into it on the way to what follows;
 * null where the node takes no weight. Unlike `findLinear`, which looks back from an output, this looks
 * ahead, and stops where a tensor goes to more than one node. What is an output of the model is not asked:
 * its layer is found from there.
 */
export async function linearAt(known: Known, node: NodeProto): Promise<Linear | Refusal | null> {
  const reason = whyNoLayer(known.model, node)
  if (reason) return { node, reason }
  if (!isOwnOperator(node) || !isLinearOp(node.opType) || !node.output[0]) return null
  const search = { ...known, linear: (tensor: string) => findLinear(known, tensor) }
  const bare = await LAYERS[node.opType](search, node)
  const found = 'reason' in bare ? ((await transposed(search, node)) ?? bare) : bare
  if ('reason' in found) return found
  const linear = await grown(search, found)
  const isQuantised = onlyTaker(search.model, linear.logits)?.opType === 'QuantizeLinear'
  return isQuantised ? { node, reason: IS_QUANTISED } : linear
}

const isLinearOp = (opType: string | undefined): opType is LinearOp => Object.hasOwn(LAYERS, opType ?? '')

/** A product whose weight stands first, where it is transposed back behind it. */
async function transposed(search: Search, product: NodeProto): Promise<Linear | null> {
  const taker = product.opType === 'MatMul' ? onlyTaker(search.model, product.output[0]) : null
  if (taker?.opType !== 'Transpose') return null
  const found = await matchTransposed(search, taker)
  return 'reason' in found ? null : found
}

async function grown(search: Search, bare: Linear): Promise<Linear> {
  let [linear, tensor] = [bare, bare.logits]
  for (let steps = 0; steps < MAX_DEPTH; steps++) {
    const node = onlyTaker(search.model, tensor)
    if (!node || !isOwnOperator(node)) break
    if (!isTransparent(node)) {
      const soFar = linear
      const next = await BEHIND[node.opType ?? '']?.({ ...search, linear: async () => soFar }, node)
      if (!next || 'reason' in next) break
      linear = next
    } else if (node.input[0] !== tensor) break
    tensor = node.output[0]
  }
  return linear
}

/** The node that alone takes a tensor; null where none does, or several. */
function onlyTaker({ consumers }: OnnxModel, tensor: string): NodeProto | null {
  const takers = consumers.get(tensor) ?? []
  return takers.length === 1 ? takers[0] : null
}
