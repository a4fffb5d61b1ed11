import { UserError } from '../../user-error.ts'
import { takenBy } from '../consumers.ts'
import { attribute, ELEMENT_TYPE, isOwnOperator, layerName, type OnnxModel, operatorName } from '../model.ts'
import type { NodeProto } from '../proto.ts'
import type { FloatType } from './emitter.ts'
import { nested } from './nested.ts'
import type { Passed } from './rule.ts'
import { ruleOf } from './rules.ts'

/** What is differentiated, and with respect to what: tensors by name. */
export interface Differentiated {
  readonly target: string
  readonly wrt: readonly string[]
}

/** What stands between what is differentiated and with respect to what. */
export interface Path extends Differentiated {
  /** In the order of the graph. */
  readonly nodes: readonly Passed[]
  /** Types of the tensors that get an adjoint. */
  readonly types: ReadonlyMap<string, FloatType>
}

/** The oldest operator set whose operators have the form that rules write. */
const OLDEST = 11

/**
 * Finds the nodes that gradients pass. Errors: UserError where a tensor is not there, where nothing leads from one to
 * the other, or through an operator that no rule is for.
 */
export function findPath(model: OnnxModel, { target, wrt }: Differentiated): Path {
  if (model.opset < OLDEST) {
    throw new UserError(
      'model',
      `${model.name}: operator set ${model.opset}, expected ${OLDEST} or later for gradients, export it again`,
    )
  }
  for (const tensor of [target, ...wrt]) expectTensor(model, tensor)
  const leading = leadingTo(model, target)
  const types = new Map<string, FloatType>(wrt.map(tensor => [tensor, typeOf(model, tensor)]))
  const nodes: Passed[] = []
  for (const node of model.nodes) {
    if (!node.output.some(output => leading.has(output))) continue
    const passed = passedBy(model, node, types)
    if (passed === null) continue
    nodes.push(passed)
    const type = outputType(model, node, types.get(node.input[passed.inputs[0]]) ?? 'float32')
    for (const output of node.output) if (output && !types.has(output)) types.set(output, type)
  }
  if (!types.has(target)) {
    throw new UserError(
      'model',
      `${model.name}: ${target} does not depend on ${wrt.join(', ')}, expected tensors that lead to it`,
    )
  }
  return { target, wrt, nodes: nested(nodes, wrt), types }
}

/** The rule of a node whose operator is one of ONNX's own; undefined where there is none, also of others' operators. */
function ownRule(node: NodeProto): ReturnType<typeof ruleOf> {
  if (!isOwnOperator(node)) return undefined
  return node.opType === 'Cast' && castTo(node) === null ? 'none' : ruleOf(node.opType ?? '')
}

/** A node that takes tensors with a gradient; null for one that takes none, or lets none pass. */
function passedBy(model: OnnxModel, node: NodeProto, types: ReadonlyMap<string, unknown>): Passed | null {
  const active = takenBy(node).filter(tensor => types.has(tensor))
  if (active.length === 0) return null
  const rule = ownRule(node)
  if (rule === 'none') return null
  const inputs = node.input.flatMap((input, at) => (types.has(input) ? [at] : []))
  if (rule === undefined && model.functions.has(operatorName(node))) {
    return refuse(
      model,
      node,
      "a function of the model itself, expected ONNX's own operators, export with functions inlined",
    )
  }
  if (rule === undefined || inputs.length === 0) {
    return refuse(model, node, 'its gradient is not known, export the model without it')
  }
  const barred = inputs.find(at => !(rule.through?.includes(at) ?? true))
  if (barred === undefined) return { node, rule, inputs }
  return refuse(
    model,
    node,
    `its gradient by input ${barred} is not known, export the model with a constant there`,
  )
}

/** Ends with a UserError about a node. */
export function refuse(model: OnnxModel, node: NodeProto, sentence: string): never {
  throw new UserError('model', `${model.name}: ${layerName(node)} (${operatorName(node)}): ${sentence}`)
}

/** The type that a Cast gives; null where that is no type of a gradient. */
const castTo = (node: NodeProto): number | null => {
  const to = attribute(node, 'to')?.i
  const { float32, float64, float16, bfloat16 } = ELEMENT_TYPE
  return to !== undefined && [float32, float64, float16, bfloat16].some(type => type === to) ? to : null
}

function outputType(model: OnnxModel, node: NodeProto, type: FloatType): FloatType {
  if (node.opType !== 'Cast') return type
  const to = castTo(node)
  if (to === ELEMENT_TYPE.float32) return 'float32'
  if (to === ELEMENT_TYPE.float64) return 'float64'
  return refuse(model, node, 'half precision, expected float32, export the model in full precision')
}

function typeOf(model: OnnxModel, tensor: string): FloatType {
  const type = model.tensors.get(tensor)?.type ?? 'float32'
  if (type === 'float32' || type === 'float64') return type
  throw new UserError('model', `${model.name}: ${tensor} is ${type}, expected float32 to differentiate by`)
}

function expectTensor(model: OnnxModel, tensor: string): void {
  if (model.producers.has(tensor) || model.inputs.some(({ name }) => name === tensor)) return
  throw new UserError('not-found', `${model.name}: tensor not found: ${tensor}, check its name`)
}

/** Every tensor that a tensor is computed from, as far as it changes with it, itself included. */
export function leadingTo(model: OnnxModel, target: string): Set<string> {
  const found = new Set([target])
  for (const tensor of found) {
    const node = model.producers.get(tensor)
    if (!node || ownRule(node) === 'none') continue
    for (const input of takenBy(node)) found.add(input)
  }
  return found
}
