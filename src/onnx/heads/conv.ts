import { product } from '../constant-shape.ts'
import { attribute, isOwnOperator } from '../model.ts'
import type { NodeProto } from '../proto.ts'
import { MAX_AXES } from '../tensor.ts'
import {
  bareLinear,
  findBias,
  findWeight,
  type Matcher,
  nodeName,
  type Refusal,
  type Search,
  shifted,
} from './linear.ts'
import { whyNoOperator } from './refused.ts'

/**
 * A 1×1 convolution gives W · (what stands at a position) at every position: a linear layer where there is
 * one position, after global pooling, or where the positions are averaged behind it, because then
 *
 *   mean over p of (Wᵀ xₚ + b) = Wᵀ (mean over p of xₚ) + b
 */
export const matchConv: Matcher = async (search, node) => {
  const kernel = await search.constant(node.input[1] ?? '')
  if ('reason' in kernel) return { node, reason: `its weight ${kernel.reason}` }
  const sizes = kernel.dims.slice(2)
  if (sizes.length === 0) return { node, reason: 'its weight has no spatial axes, expected a 1×1 kernel' }
  const reason = unlike1x1(node, sizes)
  if (reason) return { node, reason }

  const weight = await findWeight(flatKernel(search, node), node, 1, 'cd')
  if ('reason' in weight) return weight
  const linear = bareLinear(node, weight, {
    op: 'Conv',
    features: node.input[0],
    form: 'flat',
    spatialAxes: sizes.length,
    logits: node.output[0],
  })
  if (!node.input[2]) return linear
  const bias = await findBias(search, node, node.input[2], weight.c)
  return 'reason' in bias ? bias : shifted(linear, bias)
}

function unlike1x1(node: NodeProto, kernel: readonly number[]): string | null {
  const by = (sizes: readonly number[]) => sizes.join('×')
  const group = attribute(node, 'group')?.i ?? 1
  const strides = attribute(node, 'strides')?.ints ?? []
  const pads = attribute(node, 'pads')?.ints ?? []
  if (kernel.some(size => size !== 1)) {
    return `its kernel is ${by(kernel)}, expected 1×1, which is linear in what stands at one position`
  }
  if (group !== 1) return `it convolves in ${group} groups, expected one`
  if (strides.some(stride => stride !== 1)) return `its strides are ${by(strides)}, expected 1×1`
  if (pads.some(pad => pad !== 0)) return `its pads are [${pads.join(', ')}], expected none`
  return null
}

/** The kernel [c, d, 1, 1] as the matrix [c, d] that it is. */
function flatKernel(search: Search, { input }: NodeProto): Search {
  return {
    ...search,
    constant: async tensor => {
      const constant = await search.constant(tensor)
      if ('reason' in constant || tensor !== input[1]) return constant
      return { ...constant, dims: constant.dims.slice(0, 2) }
    },
  }
}

/** Global average pooling behind a convolution, where `unlike` has nothing to say against it. */
const pooling =
  (unlike: (search: Search, node: NodeProto, spatialAxes: number) => Promise<string | null>): Matcher =>
  async (search, node) => {
    const linear = await search.linear(node.input[0])
    if ('reason' in linear) return whyNotPooled(search, node, linear)
    if (linear.spatialAxes === 0) {
      return {
        node,
        reason: `it pools what ${linear.layer} (${linear.op}) gives, expected a 1×1 Conv behind it`,
      }
    }
    const reason = await unlike(search, node, linear.spatialAxes)
    return reason ? { node, reason } : { ...linear, form: 'mean', spatialAxes: 0, logits: node.output[0] }
  }

/** A convolution with its normalisation and its activation is the most that is looked through. */
const MOST_BETWEEN = 3

/** Says what stands between a convolution that would be a head and the pooling, where that is what is wrong. */
async function whyNotPooled(search: Search, pool: NodeProto, refusal: Refusal): Promise<Refusal> {
  const { node } = refusal
  let behind = node
  for (let steps = 0; steps < MOST_BETWEEN && behind; steps++) {
    behind = search.model.producers.get(behind.input[0]) ?? null
    if (behind?.opType !== 'Conv' || 'reason' in (await matchConv(search, behind))) continue
    const reason =
      `it stands between ${nodeName(behind)} and ${nodeName(pool)}, so the logits are not linear in pooled ` +
      'features, expected nothing but a bias or a scale there'
    return { node, reason }
  }
  const isNoLayer = !node || (isOwnOperator(node) && refusal.reason === whyNoOperator(search.model, node))
  return isNoLayer ? { node: pool, reason: whyNoOperator(search.model, pool) } : refusal
}

export const matchGlobalAveragePool = pooling(async () => null)

/** The mean over all spatial axes: an attribute, and since opset 18 an input. */
export const matchReduceMean = pooling(async (search, node, spatialAxes) => {
  const spatial = Array.from({ length: spatialAxes }, (_, k) => k + 2)
  const rank = spatial.length + 2
  const axes = await integers(search, node, 'axes', 18)
  if ('reason' in axes) return `its list of axes ${axes.reason}`
  const places = new Set(axes.values.map(axis => (axis < 0 ? axis + rank : axis)))
  const isGlobal = places.size === spatial.length && spatial.every(axis => places.has(axis))
  return isGlobal
    ? null
    : `it is the mean over axes [${axes.values.join(', ')}], expected the spatial ones, [${spatial.join(', ')}]`
})

/**
 * Over the whole map, which the file need not say: a smaller window leaves several positions, which shows
 * when the model is run.
 */
export const matchAveragePool = pooling(async (_, node) => {
  const pads = attribute(node, 'pads')?.ints ?? []
  const auto = new TextDecoder().decode(attribute(node, 'auto_pad')?.s)
  if (pads.some(pad => pad !== 0)) return `its pads are [${pads.join(', ')}], expected none`
  return auto.startsWith('SAME') ? `its padding is ${auto}, expected none` : null
})

/** A Pad by nothing, which PyTorch writes before an average pooling. */
export const matchPad: Matcher = async (search, node) => {
  const pads = await integers(search, node, 'pads', 11)
  if ('reason' in pads) return { node, reason: `its padding ${pads.reason}` }
  return pads.values.every(pad => pad === 0)
    ? search.linear(node.input[0])
    : { node, reason: `its pads are [${pads.values.join(', ')}], expected none` }
}

/** A list that is an attribute, and the second input since some operator set. */
async function integers(
  { model, constant }: Search,
  node: NodeProto,
  name: string,
  since: number,
): Promise<{ values: readonly number[] } | { reason: string }> {
  if (model.opset < since || !node.input[1]) return { values: attribute(node, name)?.ints ?? [] }
  const found = await constant(node.input[1])
  if ('reason' in found) return found
  const count = product(found.dims)
  return count > MAX_AXES ? { reason: `has ${count} numbers` } : { values: Array.from(await found.numbers()) }
}
