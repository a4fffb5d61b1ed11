import { constantOf } from '../constant.ts'
import { attribute, ELEMENT_TYPE, isOwnOperator, type OnnxModel } from '../model.ts'
import type { NodeProto } from '../proto.ts'
import type { Constant, NotConstant, ReadExternal } from '../tensor.ts'
import { matchAdd, matchDiv, matchMul, matchSub, withoutFeatureScale } from './affine.ts'
import { matchAveragePool, matchConv, matchGlobalAveragePool, matchPad, matchReduceMean } from './conv.ts'
import type { Known, Linear, LinearOp, Matcher, Refusal, Search } from './linear.ts'
import { matchEinsum, matchGemm, matchMatMul, matchTransposed } from './product.ts'
import { whyNoOperator, whyQuantised } from './refused.ts'

/** How the operators are read that take a weight. */
export const LAYERS: { readonly [K in LinearOp]: Matcher } = {
  Gemm: matchGemm,
  MatMul: matchMatMul,
  Einsum: matchEinsum,
  Conv: matchConv,
}

/** Operators that are folded into the layer before them. */
export const BEHIND: Readonly<Record<string, Matcher>> = {
  Add: matchAdd,
  Sub: matchSub,
  Mul: matchMul,
  Div: matchDiv,
  GlobalAveragePool: matchGlobalAveragePool,
  ReduceMean: matchReduceMean,
  AveragePool: matchAveragePool,
  Pad: matchPad,
}

/** What a linear layer may end in. */
const MATCHERS: Readonly<Record<string, Matcher>> = { ...LAYERS, ...BEHIND, Transpose: matchTransposed }

const TRANSPARENT = new Set(['Identity', 'Squeeze', 'Unsqueeze', 'Flatten', 'Reshape', 'Dropout'])
const FLOATS: ReadonlySet<number | undefined> = new Set([
  ELEMENT_TYPE.float16,
  ELEMENT_TYPE.float32,
  ELEMENT_TYPE.float64,
])

/** Whether a node passes numbers on as they are, but for their shape and their precision. */
export function isTransparent(node: NodeProto): boolean {
  if (!isOwnOperator(node)) return false
  if (node.opType === 'Cast') return FLOATS.has(attribute(node, 'to')?.i)
  return TRANSPARENT.has(node.opType ?? '')
}

/** Operators around one layer; more is no layer. */
export const MAX_DEPTH = 32

/** A model with its constants, each found once. */
export function knownOf(model: OnnxModel, readExternal: ReadExternal): Known {
  const constants = new Map<string, Constant | NotConstant>()
  const constant = async (tensor: string) => {
    const found = constants.get(tensor) ?? (await constantOf(model, tensor, readExternal))
    constants.set(tensor, found)
    return found
  }
  return { model, constant }
}

/** The linear layer that gives a tensor, or why none does. */
export async function findLinear(known: Known, tensor: string): Promise<Linear | Refusal> {
  const { model } = known
  const at = (depth: number): Search => ({ ...known, linear: tensor => match(tensor, depth + 1) })
  const match = async (tensor: string, depth: number): Promise<Linear | Refusal> => {
    const node = nodeBehindViews(model, tensor)
    if ('reason' in node) return node
    if (depth > MAX_DEPTH) return { node, reason: `more than ${MAX_DEPTH} operators stand behind the layer` }
    const matcher = isOwnOperator(node) ? MATCHERS[node.opType ?? ''] : undefined
    return matcher ? matcher(at(depth), node) : { node, reason: whyNoOperator(model, node) }
  }

  const found = await match(tensor, 0)
  if (!('reason' in found)) return withoutFeatureScale(at(0), found)
  return (found.node && whyQuantised(model, found.node)) ?? found
}

/** The first node behind a tensor that is more than a view of its input. */
function nodeBehindViews(model: OnnxModel, tensor: string): NodeProto | Refusal {
  let at = tensor
  // No path is longer than the graph, unless a broken file goes in circles.
  for (let steps = 0; steps <= model.nodes.length; steps++) {
    const node = model.producers.get(at)
    if (!node) return { node: null, reason: `no layer computes ${at || 'its input'}` }
    if (!isTransparent(node)) return node
    at = node.input[0] ?? ''
  }
  return { node: null, reason: 'the graph goes in circles' }
}
