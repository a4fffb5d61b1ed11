import { UserError } from '../user-error.ts'
import { consumersOf } from './consumers.ts'
import {
  type AttributeProto,
  decodeFunction,
  decodeModel,
  type GraphProto,
  type ModelProto,
  type NodeProto,
  type TensorProto,
} from './proto.ts'

/** Element types of tensors by ONNX's numbers (TensorProto.DataType). */
export const ELEMENT_TYPE = {
  float32: 1,
  uint8: 2,
  int8: 3,
  uint16: 4,
  int16: 5,
  int32: 6,
  int64: 7,
  bool: 9,
  float16: 10,
  float64: 11,
  uint32: 12,
  uint64: 13,
  bfloat16: 16,
} as const

export type ElementType = keyof typeof ELEMENT_TYPE

/** An input or output of a graph; null for a size that is only known when the model runs. */
export interface TensorInfo {
  readonly name: string
  readonly type: ElementType | 'unknown'
  /** null where the file does not say how many axes there are. */
  readonly shape: readonly (number | null)[] | null
}

/** An ONNX file, ready to be walked from its outputs back to its inputs. */
export interface OnnxModel {
  /** What messages call it: the path as the user gave it. */
  readonly name: string
  readonly bytes: Uint8Array
  readonly opset: number
  readonly producer: string
  readonly inputs: readonly TensorInfo[]
  readonly outputs: readonly TensorInfo[]
  /** What the file says of its tensors, by name: inputs, outputs, and inside as far as the exporter wrote it. */
  readonly tensors: ReadonlyMap<string, TensorInfo>
  readonly nodes: readonly NodeProto[]
  readonly initializers: ReadonlyMap<string, TensorProto>
  /** The node that computes a tensor. */
  readonly producers: ReadonlyMap<string, NodeProto>
  /** The nodes that take a tensor, themselves or in the branches and loops that they hold. */
  readonly consumers: ReadonlyMap<string, readonly NodeProto[]>
  /** Operators that the file defines itself, as `operatorName` calls them. */
  readonly functions: ReadonlySet<string>
  /** Files beside the model that hold weights, by the names the model gives them. */
  readonly externalFiles: readonly string[]
}

/** Reads an ONNX file. Throws a UserError where the bytes are none. */
export function readModel(bytes: Uint8Array, name: string): OnnxModel {
  const { graph, opset, producer, functions } = parse(bytes, name)
  const initializers = new Map(graph.initializer.map(tensor => [tensor.name ?? '', tensor]))
  const [inputs, outputs] = [graph.input.map(tensorInfo), graph.output.map(tensorInfo)]
  const tensors = [...graph.valueInfo.map(tensorInfo), ...inputs, ...outputs]
  return {
    name,
    bytes,
    opset,
    producer,
    inputs: inputs.filter(input => !initializers.has(input.name)),
    outputs,
    tensors: new Map(tensors.map(info => [info.name, info])),
    nodes: graph.node,
    initializers,
    producers: new Map(graph.node.flatMap(node => node.output.map(output => [output, node] as const))),
    consumers: consumersOf(graph.node),
    functions,
    externalFiles: externalFiles(graph, name),
  }
}

interface Parsed extends Pick<OnnxModel, 'opset' | 'producer' | 'functions'> {
  readonly graph: GraphProto
}

function parse(bytes: Uint8Array, name: string): Parsed {
  const refuse = (found: string, cause?: unknown): never => {
    throw new UserError('format', `${name}: ${found}, expected an ONNX model, check the path`, { cause })
  }
  try {
    const model = decodeModel(bytes)
    const opset = model.opsetImport.find(({ domain }) => isOwnDomain(domain))?.version
    if (!model.graph || model.graph.node.length === 0) return refuse('no graph in this file')
    if (opset === undefined) return refuse('no operator set named in this file')
    return {
      graph: model.graph,
      opset,
      producer: [model.producerName, model.producerVersion].filter(Boolean).join(' '),
      functions: functionNames(model),
    }
  } catch (error) {
    if (error instanceof UserError) throw error
    return refuse('not a whole protocol buffer', error)
  }
}

function functionNames({ functions }: ModelProto): Set<string> {
  return new Set(
    functions.map(bytes => {
      const { name, domain } = decodeFunction(bytes)
      return operatorName({ ...(name && { opType: name }), ...(domain && { domain }) })
    }),
  )
}

function tensorInfo({ name = '', type }: GraphProto['input'][number]): TensorInfo {
  const tensor = type?.tensorType
  const types = Object.entries(ELEMENT_TYPE) as [ElementType, number][]
  return {
    name,
    type: types.find(([, id]) => id === tensor?.elemType)?.[0] ?? 'unknown',
    shape: tensor?.shape?.dim.map(({ dimValue }) => dimValue ?? null) ?? null,
  }
}

const EXTERNAL = 1

function externalFiles(graph: GraphProto, name: string): string[] {
  const nodeTensors = graph.node.flatMap(node => node.attribute.flatMap(({ t }) => (t ? [t] : [])))
  const files = [...graph.initializer, ...nodeTensors]
    .filter(isExternal)
    .map(tensor => externalLocation(tensor, name).file)
  return [...new Set(files)]
}

export function isExternal(tensor: TensorProto): boolean {
  return tensor.dataLocation === EXTERNAL
}

/** Where a tensor's bytes stand in a file beside the model; `length` null: to the end of that file. */
export function externalLocation(
  tensor: TensorProto,
  name: string,
): { file: string; offset: number; length: number | null } {
  const entry = (key: string) => tensor.externalData.find(entry => entry.key === key)?.value
  const file = entry('location') ?? ''
  const isInside =
    file !== '' &&
    !/^([/\\]|[a-zA-Z]:)/.test(file) &&
    !file.split(/[/\\]/).some(part => part === '' || part === '.' || part === '..')
  const offset = Number(entry('offset') ?? 0)
  const length = entry('length') === undefined ? null : Number(entry('length'))
  if (!isInside || !isSize(offset) || !(length === null || isSize(length))) {
    throw new UserError(
      'format',
      `${name}: weights of ${tensor.name} at "${file}", expected a file beside the model, export it again`,
    )
  }
  return { file, offset, length }
}

const isSize = (value: number): boolean => Number.isSafeInteger(value) && value >= 0

/** An attribute of a node by name. */
export function attribute(node: NodeProto, name: string): AttributeProto | undefined {
  return node.attribute.find(attribute => attribute.name === name)
}

/** An operator with its domain, which ONNX's own go without: `Gemm`, `com.microsoft.QGemm`. */
export function operatorName({ opType, domain }: Pick<NodeProto, 'opType' | 'domain'>): string {
  return [...(isOwnDomain(domain) ? [] : [domain]), opType || 'no operator'].join('.')
}

/** Whether a node's operator is one of ONNX's own, which means the same in every model. */
export const isOwnOperator = ({ domain }: NodeProto): boolean => isOwnDomain(domain)

const isOwnDomain = (domain: string | undefined): boolean => !domain || domain === 'ai.onnx'

/** What messages and options call a node: its name, or its first output where the exporter gave none. */
export function layerName(node: NodeProto): string {
  return node.name || node.output[0] || ''
}
