import type { Matrix } from '../../math/matrix.ts'
import { product } from '../constant-shape.ts'
import type { RowForm } from '../expose.ts'
import { layerName, type OnnxModel } from '../model.ts'
import type { NodeProto } from '../proto.ts'
import { type Constant, type NotConstant, storedAs } from '../tensor.ts'

/** Operators that a layer is made of; what stands around them is folded into its weight and bias. */
export type LinearOp = 'Gemm' | 'MatMul' | 'Einsum' | 'Conv'

/** Where a linear layer, logits = features · weight + bias, stands in a model. */
export interface LinearPlace {
  readonly layer: string
  readonly op: LinearOp
  /** The tensor that enters the layer; `form` says how it becomes [n, d]. */
  readonly features: string
  /**
   * How `features` becomes [n, d]: it is that already, or it is the map that a 1×1 convolution is given, of
   * one position (flat) or of many over which the logits are averaged (mean).
   */
  readonly form: RowForm
  /** The tensor that leaves it, [n, c] or, of a convolution, [n, c, 1, …]; before any activation. */
  readonly logits: string
}

export interface LinearNumbers {
  /** [d, c] */
  readonly weight: Matrix<Float32Array>
  /** [c]; null where the layer has none. */
  readonly bias: Float32Array | null
}

/** A linear layer whose numbers are not read before they are asked for. */
export interface Linear extends LinearPlace {
  /** The operator that takes the weight. */
  readonly node: NodeProto
  /** How many axes of positions a convolution's output has behind [n, c], unless they were pooled. */
  readonly spatialAxes: number
  readonly d: number
  readonly c: number
  readonly hasBias: boolean
  /** Errors: UserError where the file holds other numbers than it says. */
  readonly numbers: () => Promise<LinearNumbers>
}

/** Why a node is no head, or keeps a head behind it from being one. */
export interface Refusal {
  readonly node: NodeProto | null
  readonly reason: string
}

/** A model with what its file says of its tensors. */
export interface Known {
  readonly model: OnnxModel
  readonly constant: (tensor: string) => Promise<Constant | NotConstant>
}

/** What a matcher may ask. Nothing here runs the model. */
export interface Search extends Known {
  /** The linear layer that gives a tensor. */
  readonly linear: (tensor: string) => Promise<Linear | Refusal>
}

/** Reads the linear layer that ends in a node of one operator. */
export type Matcher = (search: Search, node: NodeProto) => Promise<Linear | Refusal>

/** What messages call a node: `/head/Gemm (Gemm)`. */
export const nodeName = (node: NodeProto): string => `${layerName(node)} (${node.opType ?? 'no operator'})`

export const FULL_PRECISION: ReadonlySet<string> = new Set(['float32', 'float64'])

/** A layer's operator with its weight, before anything around it is folded in. */
export function bareLinear(
  node: NodeProto,
  { d, c, numbers }: Weight,
  place: Pick<Linear, 'op' | 'features' | 'form' | 'spatialAxes' | 'logits'>,
): Linear {
  return {
    node,
    layer: layerName(node),
    ...place,
    d,
    c,
    hasBias: false,
    numbers: async () => ({ weight: await numbers(), bias: null }),
  }
}

/** A weight [d, c] that is not read yet. */
export interface Weight {
  readonly d: number
  readonly c: number
  readonly numbers: () => Promise<Matrix<Float32Array>>
}

/** A bias [c] that is not read yet. */
export type Bias = () => Promise<Float32Array>

/** The weight of a layer, from a constant whose axes stand as `axes` says. */
export async function findWeight(
  search: Search,
  node: NodeProto,
  at: number,
  axes: 'dc' | 'cd',
): Promise<Weight | Refusal> {
  const tensor = node.input[at] ?? ''
  const weight = await search.constant(tensor)
  const refuse = (reason: string): Refusal => ({ node, reason: `its weight ${reason}` })
  if ('reason' in weight) return refuse(weight.reason)
  const { dims, type } = weight
  if (!FULL_PRECISION.has(type)) return refuse(storedAs(type))
  if (dims.length !== 2) return refuse(`has ${dims.length} axes, expected 2`)
  const other = otherUser(search.model, tensor, node)
  if (other) return refuse(`is shared with ${nodeName(other)}, expected one that no other layer uses`)

  const [d, c] = axes === 'dc' ? dims : [dims[1], dims[0]]
  const numbers = async () => {
    const data = await weight.numbers()
    const out = new Float32Array(d * c)
    for (let a = 0; a < d; a++) {
      for (let j = 0; j < c; j++) out[a * c + j] = data[axes === 'dc' ? a * c + j : j * d + a]
    }
    return { rows: d, cols: c, data: out }
  }
  return { d, c, numbers }
}

/** The bias of a layer, from a constant of one number for each output, or one for all. */
export async function findBias(
  search: Search,
  node: NodeProto,
  tensor: string,
  c: number,
): Promise<Bias | Refusal> {
  const bias = await search.constant(tensor)
  const refuse = (reason: string): Refusal => ({ node, reason: `its bias ${reason}` })
  if ('reason' in bias) return refuse(bias.reason)
  const { dims, type } = bias
  const count = product(dims)
  if (!FULL_PRECISION.has(type)) return refuse(storedAs(type))
  if (count !== 1 && count !== c) return refuse(`has ${count} numbers, expected ${c}`)
  if (count !== 1 && !dims.includes(c)) {
    return refuse(`has sizes [${dims.join(', ')}], expected one number for each of ${c} outputs`)
  }
  return async () => {
    const data = await bias.numbers()
    return Float32Array.from({ length: c }, (_, j) => data[count === 1 ? 0 : j])
  }
}

/** weight · s, and the bias · `ofBias` */
export function scaled(linear: Linear, s: number, ofBias = s): Linear {
  const numbers = async () => {
    const { weight, bias } = await linear.numbers()
    return {
      weight: s === 1 ? weight : { ...weight, data: weight.data.map(w => w * s) },
      bias: bias?.map(b => b * ofBias) ?? null,
    }
  }
  return { ...linear, numbers }
}

/** logits + s · b */
export function shifted(linear: Linear, b: Bias, s = 1): Linear {
  const numbers = async () => {
    const [{ weight, bias }, further] = [await linear.numbers(), await b()]
    return { weight, bias: further.map((more, j) => (bias?.[j] ?? 0) + s * more) }
  }
  return { ...linear, hasBias: true, numbers }
}

/**
 * A node besides `user` that takes a constant, or what the constant is made from. Such a weight is tied:
 * another head would not be what the model computes elsewhere.
 */
function otherUser(model: OnnxModel, tensor: string, user: NodeProto): NodeProto | null {
  let [at, by] = [tensor, user]
  // No path is longer than the graph, unless a broken file goes in circles.
  for (let steps = 0; steps <= model.nodes.length; steps++) {
    const other = model.consumers.get(at)?.find(node => node !== by && node.opType !== 'Shape')
    if (other) return other
    const producer = model.producers.get(at)
    if (!producer?.input[0] || model.initializers.has(at)) return null
    at = producer.input[0]
    by = producer
  }
  return null
}
