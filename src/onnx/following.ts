import { type Following, nonMonotone, READERS } from './following-readers.ts'
import type { Known, Linear } from './heads/linear.ts'
import { isTransparent } from './heads/match.ts'
import { type OnnxModel, operatorName } from './model.ts'
import type { NodeProto } from './proto.ts'
import { selfGatingAfter } from './self-gating.ts'

/**
 * What a layer's output goes through, whatever only reshapes it in between: one activation, though several
 * nodes may compute it. Where the output goes to other nodes, to different ones or to none, as before a
 * residual sum or a normalisation, it is taken as it is: identity.
 */
export async function followingOf(known: Known, linear: Linear): Promise<Following> {
  const found = new Map<string, Following>()
  for (const { node, tensor } of takersOf(known.model, linear.logits)) {
    const following = await READERS[operatorName(node)]?.({ known, linear, node, tensor })
    if (!following) return asItIs(known, linear)
    found.set(`${following.activation} ${following.note}`, following)
  }
  const [only, ...others] = found.values()
  return only && others.length === 0 ? only : asItIs(known, linear)
}

async function asItIs(known: Known, linear: Linear): Promise<Following> {
  const gating = await selfGatingAfter(known, linear.logits)
  return gating === null ? { activation: 'identity', note: null } : nonMonotone(gating)
}

/** The nodes that take a tensor or a view of it, and what they take. */
function takersOf({ consumers }: OnnxModel, tensor: string): { node: NodeProto; tensor: string }[] {
  const takers: { node: NodeProto; tensor: string }[] = []
  const views = new Set([tensor])
  // A set grows while it is walked, so this reaches views of views.
  for (const view of views) {
    for (const node of consumers.get(view) ?? []) {
      if (isTransparent(node) && node.input[0] === view) views.add(node.output[0])
      else takers.push({ node, tensor: view })
    }
  }
  return takers
}
