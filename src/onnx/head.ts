import type { Matrix } from '../math/matrix.ts'
import { type Constant, constantOf, type NotConstant, type ReadExternal } from './constant.ts'
import { attribute, ELEMENT_TYPE, layerName, type OnnxModel } from './model.ts'
import type { NodeProto } from './proto.ts'

/** What stands between the head and the output of the model. */
export type OutputActivation = 'none' | 'softmax' | 'log-softmax' | 'sigmoid'

/** A linear layer that ends the model: logits = features · weight + bias. */
export interface Head {
  readonly layer: string
  readonly op: 'Gemm' | 'MatMul'
  /** The tensor that enters the layer, [n, d]. */
  readonly features: string
  /** The tensor that leaves it, [n, c], before any activation. */
  readonly logits: string
  /** The output of the model that it leads to. */
  readonly output: string
  readonly activation: OutputActivation
  /** [d, c] */
  readonly weight: Matrix<Float32Array>
  /** [c]; null where the layer has none. */
  readonly bias: Float32Array | null
}

/** A layer that was looked at and is no head: `layer (op): reason`. */
export interface RefusedHead {
  readonly layer: string
  readonly op: string
  readonly reason: string
}

export interface FoundHeads {
  /** The output named `logits` first, then in the order of the model's outputs. */
  readonly heads: readonly Head[]
  readonly refused: readonly RefusedHead[]
}

/**
 * The linear layers that end a model, found by walking back from every output over what does not change
 * which numbers the head gave. Weights are read; nothing is run, so callers verify what is found.
 */
export async function findHeads(model: OnnxModel, readExternal: ReadExternal): Promise<FoundHeads> {
  const heads: Head[] = []
  const refused: RefusedHead[] = []
  const outputs = [...model.outputs].sort((a, b) => Number(b.name === 'logits') - Number(a.name === 'logits'))
  for (const { name: output } of outputs) {
    const end = walkBack(model, output)
    const found = end.node ? await matchHead(model, end.node, readExternal) : { reason: end.reason }
    if ('reason' in found) {
      const node = end.node
      refused.push({
        layer: node ? layerName(node) : output,
        op: node?.opType ?? 'output',
        reason: found.reason,
      })
    } else if (!heads.some(({ logits }) => logits === found.logits)) {
      heads.push({ ...found, output, activation: end.activation })
    }
  }
  return { heads, refused }
}

type End = { activation: OutputActivation } & ({ node: NodeProto } | { node: null; reason: string })

const TRANSPARENT = new Set(['Identity', 'Squeeze', 'Unsqueeze', 'Flatten', 'Reshape', 'Dropout'])
const FLOATS: ReadonlySet<number | undefined> = new Set([
  ELEMENT_TYPE.float16,
  ELEMENT_TYPE.float32,
  ELEMENT_TYPE.float64,
])

/** Whether a node passes numbers on as they are, but for their shape and their precision. */
function isTransparent(node: NodeProto): boolean {
  if (node.opType === 'Cast') return FLOATS.has(attribute(node, 'to')?.i)
  return TRANSPARENT.has(node.opType ?? '')
}

const ACTIVATIONS: ReadonlyMap<string, OutputActivation> = new Map([
  ['Softmax', 'softmax'],
  ['LogSoftmax', 'log-softmax'],
  ['Sigmoid', 'sigmoid'],
])

/** From an output back to the first node that is more than a view of its input or its one activation. */
function walkBack(model: OnnxModel, output: string): End {
  let activation: OutputActivation = 'none'
  let tensor = output
  // No path is longer than the graph, unless a broken file goes in circles.
  for (let steps = 0; steps <= model.nodes.length; steps++) {
    const node = model.producers.get(tensor)
    if (!node) return { node: null, reason: `no layer computes ${tensor || 'its input'}`, activation }
    const crossed = ACTIVATIONS.get(node.opType ?? '')
    if (crossed && activation === 'none' && isOverOutputs(model, node)) activation = crossed
    else if (!isTransparent(node)) return { node, activation }
    tensor = node.input[0] ?? ''
  }
  return { node: null, reason: 'the graph goes in circles', activation }
}

/** Whether a softmax runs over the last of two axes; opset 13 moved its default there. */
function isOverOutputs(model: OnnxModel, node: NodeProto): boolean {
  if (node.opType === 'Sigmoid') return true
  const axis = attribute(node, 'axis')?.i ?? (model.opset >= 13 ? -1 : 1)
  return axis === -1 || axis === 1
}

type Layer = Omit<Head, 'output' | 'activation'>

async function matchHead(
  model: OnnxModel,
  node: NodeProto,
  readExternal: ReadExternal,
): Promise<Layer | NotConstant> {
  switch (node.opType) {
    case 'Gemm':
      return matchGemm(model, node, readExternal)
    case 'MatMul':
      return matchMatMul(model, node, null, readExternal)
    case 'Add':
      return matchAdd(model, node, readExternal)
    default:
      return {
        reason: `the model ends in ${node.opType ?? 'a node without an operator'}, expected a linear layer (Gemm, or MatMul with or without Add)`,
      }
  }
}

async function matchGemm(
  model: OnnxModel,
  node: NodeProto,
  readExternal: ReadExternal,
): Promise<Layer | NotConstant> {
  if (attribute(node, 'transA')?.i) return { reason: 'its features are transposed (transA = 1)' }
  const weight = await constantOf(model, node.input[1], readExternal)
  if ('reason' in weight) return { reason: `its weight ${weight.reason}` }
  const biasInput = node.input[2] ? await constantOf(model, node.input[2], readExternal) : null
  if (biasInput && 'reason' in biasInput) return { reason: `its bias ${biasInput.reason}` }

  const alpha = attribute(node, 'alpha')?.f ?? 1
  const beta = attribute(node, 'beta')?.f ?? 1
  const matrix = weightMatrix(weight, attribute(node, 'transB')?.i === 1, alpha)
  if ('reason' in matrix) return matrix
  const bias = biasInput && biasVector(biasInput, matrix.cols, beta)
  if (bias && 'reason' in bias) return bias
  return {
    layer: layerName(node),
    op: 'Gemm',
    features: node.input[0],
    logits: node.output[0],
    weight: matrix,
    bias,
  }
}

async function matchMatMul(
  model: OnnxModel,
  node: NodeProto,
  add: { node: NodeProto; bias: string } | null,
  readExternal: ReadExternal,
): Promise<Layer | NotConstant> {
  const weight = await constantOf(model, node.input[1], readExternal)
  if ('reason' in weight) return { reason: `its weight ${weight.reason}` }
  const matrix = weightMatrix(weight, false, 1)
  if ('reason' in matrix) return matrix
  const constant = add && (await constantOf(model, add.bias, readExternal))
  if (constant && 'reason' in constant) return { reason: `its bias ${constant.reason}` }
  const bias = constant && biasVector(constant, matrix.cols, 1)
  if (bias && 'reason' in bias) return bias
  return {
    layer: layerName(node),
    op: 'MatMul',
    features: node.input[0],
    logits: (add?.node ?? node).output[0],
    weight: matrix,
    bias,
  }
}

/** MatMul + Add, the operands of Add in either order. */
async function matchAdd(
  model: OnnxModel,
  add: NodeProto,
  readExternal: ReadExternal,
): Promise<Layer | NotConstant> {
  for (const side of [0, 1]) {
    const node = model.producers.get(add.input[side])
    if (node?.opType !== 'MatMul') continue
    return matchMatMul(model, node, { node: add, bias: add.input[1 - side] }, readExternal)
  }
  return { reason: 'the model ends in Add without a MatMul before it, expected a linear layer' }
}

function weightMatrix(
  { dims, data }: Constant,
  isTransposed: boolean,
  scale: number,
): Matrix<Float32Array> | NotConstant {
  if (dims.length !== 2) return { reason: `its weight has ${dims.length} axes, expected 2` }
  const [d, c] = isTransposed ? [dims[1], dims[0]] : [dims[0], dims[1]]
  const out = new Float32Array(d * c)
  for (let a = 0; a < d; a++) {
    for (let j = 0; j < c; j++) out[a * c + j] = scale * data[isTransposed ? j * d + a : a * c + j]
  }
  return { rows: d, cols: c, data: out }
}

/** A bias of one number for each output, or one for all. */
function biasVector({ data }: Constant, c: number, scale: number): Float32Array | NotConstant {
  if (data.length !== c && data.length !== 1) {
    return { reason: `its bias has ${data.length} numbers, expected ${c}` }
  }
  return Float32Array.from({ length: c }, (_, j) => scale * data[data.length === 1 ? 0 : j])
}
