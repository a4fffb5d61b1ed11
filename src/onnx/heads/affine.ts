import { product } from '../constant-shape.ts'
import type { NodeProto } from '../proto.ts'
import { storedAs } from '../tensor.ts'
import {
  FULL_PRECISION,
  findBias,
  type Known,
  type Linear,
  type Matcher,
  type Refusal,
  type Search,
  scaled,
  shifted,
} from './linear.ts'
import { constantOperand } from './product.ts'

/** logits + bias, in either order. */
export const matchAdd: Matcher = (search, node) => withBias(search, node, () => [1, 1])

/** logits − bias, or bias − logits. */
export const matchSub: Matcher = (search, node) =>
  withBias(search, node, biasAt => (biasAt === 1 ? [1, -1] : [-1, 1]))

async function withBias(
  search: Search,
  node: NodeProto,
  signs: (biasAt: 0 | 1) => readonly [ofLogits: number, ofBias: number],
): Promise<Linear | Refusal> {
  const at = await constantOperand(search, node.input)
  if (at === null) return bothComputed(node)
  const linear = await search.linear(node.input[1 - at] ?? '')
  if ('reason' in linear) return linear
  const bias = await findBias(search, node, node.input[at], linear.c)
  if ('reason' in bias) return bias
  const [ofLogits, ofBias] = signs(at)
  return { ...shifted(scaled(linear, ofLogits), bias, ofBias), logits: node.output[0] }
}

/** logits · s, in either order: a logit scale. */
export const matchMul: Matcher = async (search, node) => {
  const at = await constantOperand(search, node.input)
  return at === null ? bothComputed(node) : withScale(search, node, at, s => s)
}

/** logits / s: a temperature. */
export const matchDiv: Matcher = (search, node) => withScale(search, node, 1, s => 1 / s)

async function withScale(
  search: Search,
  node: NodeProto,
  at: 0 | 1,
  factor: (s: number) => number,
): Promise<Linear | Refusal> {
  const linear = await search.linear(node.input[1 - at] ?? '')
  if ('reason' in linear) return linear
  const s = await readScalar(search, node.input[at])
  if (typeof s !== 'number') return { node, reason: `its scale ${s.reason}` }
  return { ...scaled(linear, factor(s)), logits: node.output[0] }
}

/** A constant of one number in full precision. */
export async function readScalar(known: Known, tensor: string): Promise<number | { reason: string }> {
  const scale = await known.constant(tensor)
  if ('reason' in scale) return scale
  if (!FULL_PRECISION.has(scale.type)) return { reason: storedAs(scale.type) }
  const count = product(scale.dims)
  if (count !== 1) return { reason: `has ${count} numbers, expected one` }
  return (await scale.numbers())[0]
}

/** A layer whose features are scaled by one number is the layer of the bare features with scaled weight. */
export async function withoutFeatureScale(search: Search, linear: Linear): Promise<Linear> {
  const node = search.model.producers.get(linear.features)
  if (!node || (node.opType !== 'Mul' && node.opType !== 'Div')) return linear
  const at = node.opType === 'Div' ? 1 : await constantOperand(search, node.input)
  const s = at === null ? null : await readScalar(search, node.input[at])
  if (at === null || typeof s !== 'number') return linear
  return { ...scaled(linear, node.opType === 'Div' ? 1 / s : s, 1), features: node.input[1 - at] }
}

const bothComputed = (node: NodeProto): Refusal => ({
  node,
  reason: `both operands of ${node.opType} are computed, expected a linear layer and a constant`,
})
