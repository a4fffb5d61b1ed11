import { isOwnOperator, type OnnxModel, operatorName } from '../model.ts'
import type { NodeProto } from '../proto.ts'
import type { Refusal } from './linear.ts'

/** Why a node that no matcher reads is no head. */
export function whyNoOperator(model: OnnxModel, node: NodeProto): string {
  const operator = operatorName(node)
  if (model.functions.has(operator)) return isFunction(operator)
  if (!isOwnOperator(node)) return `the model ends in ${operator}, ${OF_ONE_RUNTIME}`
  return SPECIAL[node.opType ?? ''] ?? `the model ends in ${operator}, expected ${A_LAYER}`
}

const isFunction = (operator: string): string =>
  `it is the function ${operator} of the model itself, expected ONNX's own operators, export with functions ` +
  'inlined (torch.onnx.export(..., optimize=True), or the inliner of onnx)'

const OF_ONE_RUNTIME = "expected ONNX's own operators, export without optimisations of one runtime"

const A_LAYER = 'a linear layer (Gemm, MatMul, Einsum or a 1×1 Conv)'

const SPECIAL: Readonly<Record<string, string>> = {
  BatchNormalization:
    'it normalises what the layer behind it gives, expected the logits as the layer gives them, fold the ' +
    'normalisation into the layer before exporting',
}

/** Operators that compute in integers, or make integers of what they are given, in every domain. */
const QUANTISED =
  /^(QLinear.*|QGemm|MatMulInteger.*|ConvInteger|DynamicQuantize.*|QuantizeLinear|QAttention|MatMulNBits|MatMulBnb4)$/

/** Those of them that take a weight. */
const QUANTISED_LAYER =
  /^(QLinear(MatMul|Conv)|QGemm|MatMulInteger.*|ConvInteger.*|QAttention|MatMulNBits|MatMulBnb4)$/

/** Layers that one runtime has fused with what stands around them. */
const FUSED_LAYER = /^Fused(Gemm|MatMul|Conv)/

export const IS_QUANTISED = 'it is quantised, expected a layer in float32, export the model in float32'

/** Why a node that takes a weight is no layer that can be read; null where it may be one, or takes none. */
export function whyNoLayer(model: OnnxModel, node: NodeProto): string | null {
  const operator = operatorName(node)
  if (QUANTISED_LAYER.test(node.opType ?? '')) return IS_QUANTISED
  if (model.functions.has(operator)) return isFunction(operator)
  if (isOwnOperator(node) || !FUSED_LAYER.test(node.opType ?? '')) return null
  return `it is ${operator}, ${OF_ONE_RUNTIME}`
}

/** Operators that stand around them. */
const AROUND: ReadonlySet<string | undefined> = new Set([
  'Add',
  'AveragePool',
  'Cast',
  'DequantizeLinear',
  'Div',
  'Flatten',
  'GlobalAveragePool',
  'Identity',
  'Mul',
  'ReduceMean',
  'Reshape',
  'Squeeze',
  'Sub',
  'Unsqueeze',
])

/** A layer that was refused because it is quantised, said so and of the node that is; else null. */
export function whyQuantised(model: OnnxModel, refused: NodeProto): Refusal | null {
  const seen = new Set<NodeProto>([refused])
  // A set grows while it is walked, so this is a search of everything that stands around the node.
  for (const node of seen) {
    if (QUANTISED.test(node.opType ?? '')) {
      return { node, reason: IS_QUANTISED }
    }
    if (!AROUND.has(node.opType)) continue
    for (const input of node.input) {
      const producer = model.producers.get(input)
      if (producer) seen.add(producer)
    }
  }
  return null
}
