import { ELEMENT_TYPE, type ElementType } from '../../src/onnx/model.ts'
import {
  type AttributeProto,
  encodeModel,
  type NodeProto,
  type StringEntry,
  type TensorProto,
} from '../../src/onnx/proto.ts'

type AttributeValue = number | readonly number[] | string | { float: number } | TensorProto

/** `node('Gemm', ['x', 'w'], 'y', { transB: 1 })` */
export function node(
  opType: string,
  input: string[],
  output: string,
  attributes: Readonly<Record<string, AttributeValue>> = {},
  domain?: string,
): NodeProto {
  return {
    opType,
    name: `/${output}`,
    input,
    output: [output],
    attribute: Object.entries(attributes).map(([name, value]) => attribute(name, value)),
    ...(domain !== undefined && { domain }),
  }
}

function attribute(name: string, value: AttributeValue): AttributeProto {
  const empty = { name, floats: [], ints: [], strings: [] }
  if (typeof value === 'number') return { ...empty, i: value, type: 2 }
  if (typeof value === 'string') return { ...empty, s: new TextEncoder().encode(value), type: 3 }
  if ('float' in value) return { ...empty, f: value.float, type: 1 }
  if ('dims' in value) return { ...empty, t: value, type: 4 }
  return { ...empty, ints: [...value], type: 7 }
}

const BYTES: { readonly [K in ElementType]?: (values: readonly number[]) => ArrayBufferView } = {
  float32: values => Float32Array.from(values),
  uint8: values => Uint8Array.from(values),
  int8: values => Int8Array.from(values),
  int32: values => Int32Array.from(values),
  int64: values => BigInt64Array.from(values, BigInt),
  // By their bits.
  float16: values => Uint16Array.from(values),
}

/** A tensor of the file, or of a file beside it where `externalData` says so. */
export function tensor(
  name: string,
  type: ElementType,
  dims: number[],
  values: readonly number[],
  externalData: StringEntry[] = [],
): TensorProto {
  const view = BYTES[type]?.(values)
  if (!view) throw new Error(`no ${type} here`)
  const bytes = new Uint8Array(view.buffer as ArrayBuffer, view.byteOffset, view.byteLength)
  return {
    name,
    dims,
    dataType: ELEMENT_TYPE[type],
    floatData: [],
    int32Data: [],
    int64Data: [],
    doubleData: [],
    externalData,
    ...(externalData.length > 0 ? { dataLocation: 1 } : { rawData: bytes }),
  }
}

export interface Graph {
  readonly nodes: NodeProto[]
  readonly weights?: TensorProto[]
  /** Sizes of the input x behind its batch, which is open as null is. */
  readonly x?: readonly (number | null)[]
  readonly opset?: number
  readonly functions?: Uint8Array[]
  /** What the file says of tensors inside it; null for a size that it leaves open. */
  readonly shapes?: Readonly<Record<string, readonly (number | null)[]>>
  /** The batch that the file fixes. */
  readonly batch?: number
  /** Of x; float32 unless told */
  readonly type?: ElementType
}

/** A model from x to y. */
export function graphModel({
  nodes,
  weights = [],
  x = [3],
  opset = 17,
  functions = [],
  shapes = {},
  batch,
  type = 'float32',
}: Graph): Uint8Array {
  const info = (name: string, sizes: readonly (number | null)[], elemType = 1) => ({
    name,
    type: {
      tensorType: {
        elemType,
        shape: { dim: sizes.map(size => (size === null ? { dimParam: 'n' } : { dimValue: size })) },
      },
    },
  })
  return encodeModel({
    irVersion: 8,
    opsetImport: [{ version: opset }],
    functions,
    graph: {
      name: 'test',
      node: nodes,
      initializer: weights,
      input: [info('x', [batch ?? null, ...x], ELEMENT_TYPE[type])],
      output: [{ name: 'y', type: { tensorType: { elemType: 1 } } }],
      valueInfo: Object.entries(shapes).map(([name, sizes]) => info(name, sizes)),
    },
  })
}
