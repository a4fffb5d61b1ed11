import { decode, encode, many, one, type Schema } from './wire.ts'

/*
 * The messages of onnx.proto3 (ONNX 1.17) that reading heads and writing graphs needs, by its names.
 */

export interface ModelProto {
  irVersion?: number
  producerName?: string
  producerVersion?: string
  graph?: GraphProto
  opsetImport: OperatorSetId[]
  /** Each a FunctionProto, unread: see `decodeFunction`. */
  functions: Uint8Array[]
}

export interface FunctionProto {
  name?: string
  domain?: string
}

export interface OperatorSetId {
  domain?: string
  version?: number
}

export interface GraphProto {
  node: NodeProto[]
  name?: string
  initializer: TensorProto[]
  input: ValueInfo[]
  output: ValueInfo[]
  /** Of tensors inside the graph, where the exporter wrote them. */
  valueInfo: ValueInfo[]
}

export interface NodeProto {
  input: string[]
  output: string[]
  name?: string
  opType?: string
  attribute: AttributeProto[]
  domain?: string
}

export interface AttributeProto {
  name?: string
  f?: number
  i?: number
  s?: Uint8Array
  t?: TensorProto
  g?: GraphProto
  floats: number[]
  ints: number[]
  strings: Uint8Array[]
  type?: number
}

export interface TensorProto {
  dims: number[]
  dataType?: number
  floatData: number[]
  int32Data: number[]
  int64Data: number[]
  name?: string
  rawData?: Uint8Array
  doubleData: number[]
  externalData: StringEntry[]
  dataLocation?: number
}

export interface StringEntry {
  key?: string
  value?: string
}

export interface ValueInfo {
  name?: string
  type?: TypeProto
}

export interface TypeProto {
  tensorType?: TensorTypeProto
}

export interface TensorTypeProto {
  elemType?: number
  shape?: ShapeProto
}

export interface ShapeProto {
  dim: Dimension[]
}

export interface Dimension {
  dimValue?: number
  dimParam?: string
}

const lazy =
  <T>(schema: () => Schema<T>) =>
  () =>
    schema() as Schema<never>

const dimension: Schema<Dimension> = { dimValue: one(1, 'int'), dimParam: one(2, 'string') }
const shape: Schema<ShapeProto> = {
  dim: many(
    1,
    lazy(() => dimension),
  ),
}
const tensorType: Schema<TensorTypeProto> = {
  elemType: one(1, 'int'),
  shape: one(
    2,
    lazy(() => shape),
  ),
}
const type: Schema<TypeProto> = {
  tensorType: one(
    1,
    lazy(() => tensorType),
  ),
}
const valueInfo: Schema<ValueInfo> = {
  name: one(1, 'string'),
  type: one(
    2,
    lazy(() => type),
  ),
}
const stringEntry: Schema<StringEntry> = { key: one(1, 'string'), value: one(2, 'string') }
const operatorSetId: Schema<OperatorSetId> = { domain: one(1, 'string'), version: one(2, 'int') }

const tensor: Schema<TensorProto> = {
  dims: many(1, 'int'),
  dataType: one(2, 'int'),
  floatData: many(4, 'float'),
  int32Data: many(5, 'int'),
  int64Data: many(7, 'int'),
  name: one(8, 'string'),
  rawData: one(9, 'bytes'),
  doubleData: many(10, 'double'),
  externalData: many(
    13,
    lazy(() => stringEntry),
  ),
  dataLocation: one(14, 'int'),
}

const attribute: Schema<AttributeProto> = {
  name: one(1, 'string'),
  f: one(2, 'float'),
  i: one(3, 'int'),
  s: one(4, 'bytes'),
  t: one(
    5,
    lazy(() => tensor),
  ),
  g: one(
    6,
    lazy(() => graph),
  ),
  floats: many(7, 'float'),
  ints: many(8, 'int'),
  strings: many(9, 'bytes'),
  type: one(20, 'int'),
}

/** Numbers of fields: the graph of a model, a node of a graph, an output of a node. */
export const [GRAPH, NODE, OUTPUT] = [7, 1, 2]

const node: Schema<NodeProto> = {
  input: many(1, 'string'),
  output: many(OUTPUT, 'string'),
  name: one(3, 'string'),
  opType: one(4, 'string'),
  attribute: many(
    5,
    lazy(() => attribute),
  ),
  domain: one(7, 'string'),
}

const graph: Schema<GraphProto> = {
  node: many(
    NODE,
    lazy(() => node),
  ),
  name: one(2, 'string'),
  initializer: many(
    5,
    lazy(() => tensor),
  ),
  input: many(
    11,
    lazy(() => valueInfo),
  ),
  output: many(
    12,
    lazy(() => valueInfo),
  ),
  valueInfo: many(
    13,
    lazy(() => valueInfo),
  ),
}

const model: Schema<ModelProto> = {
  irVersion: one(1, 'int'),
  producerName: one(2, 'string'),
  producerVersion: one(3, 'string'),
  graph: one(
    GRAPH,
    lazy(() => graph),
  ),
  opsetImport: many(
    8,
    lazy(() => operatorSetId),
  ),
  functions: many(25, 'bytes'),
}

const functionProto: Schema<FunctionProto> = { name: one(1, 'string'), domain: one(10, 'string') }

export const decodeFunction = (bytes: Uint8Array): FunctionProto => decode(functionProto, bytes)
export const decodeModel = (bytes: Uint8Array): ModelProto => decode(model, bytes)
export const encodeModel = (value: Partial<ModelProto>): Uint8Array => encode(model, value)
export const encodeNode = (value: NodeProto): Uint8Array => encode(node, value)
