import type { Matrix } from '../../math/matrix.ts'
import type { RowForm } from '../expose.ts'
import { layerName, type OnnxModel } from '../model.ts'
import type { NodeProto } from '../proto.ts'
import { type Constant, type NotConstant, storedAs } from '../tensor.ts'

/** Operators that a head is made of; what stands around them is folded into its weight and bias. */
export type HeadOp = 'Gemm' | 'MatMul' | 'Einsum' | 'Conv'

/** A linear layer: logits = features · weight + bias. */
export interface Linear {
  readonly layer: string
  readonly op: HeadOp
  /** The tensor that enters the layer; `form` says how it becomes [n, d]. */
  readonly features: string
  /**
   * How `features` becomes [n, d]: it is that already, or it is the map that a 1×1 convolution is given, of
   * one position (flat) or of many over which the logits are averaged (mean).
   */
  readonly form: RowForm
  /** How many axes of positions a convolution's output has behind [n, c], unless they were pooled. */
  readonly spatialAxes: number
  /** The tensor that leaves it, [n, c] or, of a convolution, [n, c, 1, …]; before any activation. */
  readonly logits: string
  /** [d, c] */
  readonly weight: Matrix<Float32Array>
  /** [c]; null where the layer has none. */
  readonly bias: Float32Array | null
}

/** Why a node is no head, or keeps a head behind it from being one. */
export interface Refusal {
  readonly node: NodeProto | null
  readonly reason: string
}

/** What a matcher may ask. Nothing here runs the model. */
export interface Search {
  readonly model: OnnxModel
  readonly constant: (tensor: string) => Promise<Constant | NotConstant>
  /** The linear layer that gives a tensor. */
  readonly linear: (tensor: string) => Promise<Linear | Refusal>
}

/** Reads the linear layer that ends in a node of one operator. */
export type Matcher = (search: Search, node: NodeProto) => Promise<Linear | Refusal>

/** What messages call a node: `/head/Gemm (Gemm)`. */
export const nodeName = (node: NodeProto): string => `${layerName(node)} (${node.opType ?? 'no operator'})`

export const FULL_PRECISION: ReadonlySet<string> = new Set(['float32', 'float64'])

/** The weight [d, c] of a layer, from a constant whose axes stand as `axes` says. */
export async function readWeight(
  search: Search,
  node: NodeProto,
  at: number,
  axes: 'dc' | 'cd',
): Promise<Matrix<Float32Array> | Refusal> {
  const tensor = node.input[at] ?? ''
  const weight = await search.constant(tensor)
  const refuse = (reason: string): Refusal => ({ node, reason: `its weight ${reason}` })
  if ('reason' in weight) return refuse(weight.reason)
  const { dims, type, data } = weight
  if (!FULL_PRECISION.has(type)) return refuse(storedAs(type))
  if (dims.length !== 2) return refuse(`has ${dims.length} axes, expected 2`)
  const other = otherUser(search.model, tensor, node)
  if (other) return refuse(`is shared with ${nodeName(other)}, expected one that no other layer uses`)

  const [d, c] = axes === 'dc' ? dims : [dims[1], dims[0]]
  const out = new Float32Array(d * c)
  for (let a = 0; a < d; a++) {
    for (let j = 0; j < c; j++) out[a * c + j] = data[axes === 'dc' ? a * c + j : j * d + a]
  }
  return { rows: d, cols: c, data: out }
}

/** The bias [c] of a layer, from a constant of one number for each output, or one for all. */
export async function readBias(
  search: Search,
  node: NodeProto,
  tensor: string,
  c: number,
): Promise<Float32Array | Refusal> {
  const bias = await search.constant(tensor)
  const refuse = (reason: string): Refusal => ({ node, reason: `its bias ${reason}` })
  if ('reason' in bias) return refuse(bias.reason)
  const { dims, type, data } = bias
  if (!FULL_PRECISION.has(type)) return refuse(storedAs(type))
  if (data.length !== 1 && data.length !== c) return refuse(`has ${data.length} numbers, expected ${c}`)
  if (data.length !== 1 && !dims.includes(c)) {
    return refuse(`has sizes [${dims.join(', ')}], expected one number for each of ${c} outputs`)
  }
  return Float32Array.from({ length: c }, (_, j) => data[data.length === 1 ? 0 : j])
}

/** logits · s */
export function scaled<T extends Pick<Linear, 'weight' | 'bias'>>(linear: T, s: number): T {
  const { weight, bias } = linear
  return {
    ...linear,
    weight: { ...weight, data: weight.data.map(w => w * s) },
    bias: bias?.map(b => b * s) ?? null,
  }
}

/** logits + b */
export function shifted<T extends Pick<Linear, 'bias'>>(linear: T, b: Float32Array): T {
  const { bias } = linear
  return { ...linear, bias: bias ? bias.map((earlier, j) => earlier + b[j]) : b }
}

/**
 * A node besides `user` that takes a constant, or what the constant is made from. Such a weight is tied:
 * another head would not be what the model computes elsewhere.
 */
function otherUser(model: OnnxModel, tensor: string, user: NodeProto): NodeProto | null {
  let [at, by] = [tensor, user]
  // No path is longer than the graph, unless a broken file goes in circles.
  for (let steps = 0; steps <= model.nodes.length; steps++) {
    const other = model.nodes.find(node => node !== by && node.opType !== 'Shape' && takes(node, at))
    if (other) return other
    const producer = model.producers.get(at)
    if (!producer?.input[0] || model.initializers.has(at)) return null
    at = producer.input[0]
    by = producer
  }
  return null
}

/** Whether a node takes a tensor, itself or in the branches and loops that it holds. */
function takes(node: NodeProto, tensor: string): boolean {
  return (
    node.input.includes(tensor) ||
    node.attribute.some(({ g }) => g?.node.some(inner => takes(inner, tensor)) ?? false)
  )
}
