import type { Activation } from './activation.ts'
import { followingOf } from './following.ts'
import type { Following } from './following-readers.ts'
import { findEnds, type OutputActivation, type RefusedHead } from './head.ts'
import { linearAt } from './heads/grow.ts'
import type { Known, Linear, LinearPlace, Refusal } from './heads/linear.ts'
import { layerNames } from './layer-names.ts'
import type { OnnxModel } from './model.ts'
import { batchOf, vectorsOf, whyNotOne } from './one-vector.ts'
import type { NodeProto } from './proto.ts'

/** A linear layer anywhere in a model, and what the network goes on with: σ(features · weight + bias). */
export interface Layer extends LinearPlace, Following {
  readonly d: number
  readonly c: number
  readonly hasBias: boolean
  /** Whether it ends the model, as `findHeads` has it; the bare logits of a head have the identity here. */
  readonly isHead: boolean
}

/** Layers, unread, and nodes that are none, in the order of the graph. */
export interface SearchedLayers {
  readonly found: { readonly layer: Layer; readonly linear: Linear }[]
  readonly refused: { readonly refusal: RefusedHead; readonly node: NodeProto }[]
}

/** Looks at every node once. */
export async function searchLayers(known: Known): Promise<SearchedLayers> {
  const { ends } = await findEnds(known)
  // One layer may lead to several outputs: the first stands.
  const endAt = new Map(ends.toReversed().map(end => [end.linear.node, end]))
  const met: { node: NodeProto; linear: Linear | Refusal }[] = []
  for (const node of known.model.nodes) {
    const linear = endAt.get(node)?.linear ?? (await linearAt(known, node))
    if (linear) met.push({ node, linear: overPlaces(known.model, linear) ?? linear })
  }

  const names = layerNames(met.map(({ node }) => node))
  const answer: SearchedLayers = { found: [], refused: [] }
  for (const { node, linear } of met) {
    const layer = names.of(node)
    if ('reason' in linear) {
      const refusal = { layer, op: node.opType ?? 'no operator', reason: linear.reason }
      answer.refused.push({ refusal, node })
      continue
    }
    const { op, features, form, logits, d, c, hasBias } = linear
    const end = endAt.get(node)
    const { activation, note } = end ? OF_HEAD[end.activation] : await followingOf(known, linear)
    answer.found.push({
      layer: {
        ...{ layer, op, features, form, logits, d, c, hasBias, activation },
        note: [note, names.note(node)].filter(Boolean).join('; ') || null,
        isHead: end !== undefined,
      },
      linear,
    })
  }
  return answer
}

const ofHead = (activation: Activation): Following => ({ activation, note: null })

const OF_HEAD: { readonly [K in OutputActivation]: Following } = {
  none: ofHead('identity'),
  softmax: ofHead('softmax'),
  'log-softmax': ofHead('softmax'),
  sigmoid: ofHead('sigmoid'),
}

/** A layer refused for the sizes that the file tells of its features, or of what it gives. */
function overPlaces(model: OnnxModel, linear: Linear | Refusal): Refusal | null {
  if ('reason' in linear) return null
  const { node, features, logits, form } = linear
  const shapeOf = (tensor: string) => model.tensors.get(tensor)?.shape
  const sizes = shapeOf(features) ?? (form === 'mean' ? null : shapeOf(logits))
  const vectors = sizes ? vectorsOf(form, sizes, batchOf(model)) : 'unknown'
  if (!sizes || vectors === 'one' || vectors === 'unknown') return null
  return { node, reason: whyNotOne(vectors, sizes) }
}
