import { ELEMENT_TYPE, type ElementType } from './model.ts'
import {
  type AttributeProto,
  encodeModel,
  type NodeProto,
  type TensorProto,
  type ValueInfo,
} from './proto.ts'
import { rawTensor } from './raw-tensor.ts'

/** A tensor of a graph under construction. */
export interface Value {
  readonly name: string
  readonly type: ElementType
}

/** Sizes of a tensor's axes; a string names a size that each run chooses. */
export type Shape = readonly (number | string)[]

type AttributeValue = number | readonly number[]

const IR_VERSION = 8
const OPSET = 17
const INT = 2
const INTS = 7

/**
 * Builds an ONNX model (opset 17) node by node. Every operator is `op`; the few helpers below it stand for
 * operators whose form changes between operator sets or that want constants as inputs.
 *
 * @example
 * const g = new GraphBuilder('gram')
 * const f = g.input('features', 'float32', ['rows', 64])
 * g.output('gram', g.op('Gemm', [f, f], { transA: 1 }))
 * const model = g.build()
 */
export class GraphBuilder {
  readonly #nodes: NodeProto[] = []
  readonly #inputs: ValueInfo[] = []
  readonly #outputs: ValueInfo[] = []
  readonly #initializers: TensorProto[] = []
  #count = 0

  constructor(readonly name: string) {}

  input(name: string, type: ElementType, shape: Shape): Value {
    const dim = shape.map(size => (typeof size === 'number' ? { dimValue: size } : { dimParam: size }))
    this.#inputs.push({ name, type: { tensorType: { elemType: ELEMENT_TYPE[type], shape: { dim } } } })
    return { name, type }
  }

  output(name: string, value: Value): void {
    this.#nodes.push(node('Identity', [value.name], name))
    this.#outputs.push({ name, type: { tensorType: { elemType: ELEMENT_TYPE[value.type] } } })
  }

  /** A constant scalar. */
  scalar(value: number, type: 'float32' | 'float64'): Value {
    return this.#constant(
      type,
      [],
      bytesOf(type === 'float32' ? Float32Array.of(value) : Float64Array.of(value)),
    )
  }

  /** A constant vector in double precision. */
  vector(values: Float64Array): Value {
    return this.#constant('float64', [values.length], bytesOf(values))
  }

  /** A constant vector of integers. */
  integers(values: readonly number[]): Value {
    return this.#constant('int64', [values.length], bytesOf(BigInt64Array.from(values, BigInt)))
  }

  /** Any operator with one output; its type is the first input's unless told. */
  op(
    opType: string,
    inputs: readonly Value[],
    attributes: Readonly<Record<string, AttributeValue>> = {},
    type: ElementType = inputs[0].type,
  ): Value {
    const name = `${opType}_${this.#count++}`
    this.#nodes.push(
      node(
        opType,
        inputs.map(input => input.name),
        name,
        attributes,
      ),
    )
    return { name, type }
  }

  cast(value: Value, type: ElementType): Value {
    return value.type === type ? value : this.op('Cast', [value], { to: ELEMENT_TYPE[type] }, type)
  }

  /** Sum over one axis, which stays as an axis of size 1, or over all, which leaves a scalar. */
  sum(value: Value, axis: number | 'all'): Value {
    if (axis === 'all') return this.op('ReduceSum', [value], { keepdims: 0 })
    return this.op('ReduceSum', [value, this.integers([axis])], { keepdims: 1 })
  }

  /** Maximum over one axis, which stays as an axis of size 1, or over all, which leaves a scalar. */
  max(value: Value, axis: number | 'all'): Value {
    return axis === 'all'
      ? this.op('ReduceMax', [value], { keepdims: 0 })
      : this.op('ReduceMax', [value], { axes: [axis], keepdims: 1 })
  }

  /** The columns of the k largest numbers of each row [rows, k], the largest first; of equal ones the first. */
  topColumns(matrix: Value, k: number): Value {
    const name = `TopK_${this.#count++}`
    const { output: _, ...top } = node('TopK', [matrix.name, this.integers([k]).name], name, { axis: 1 })
    this.#nodes.push({ ...top, output: [`${name}_values`, name] })
    return { name, type: 'int64' }
  }

  /** Sum over the rows of a matrix of floating-point numbers, a column: a product, which is several times faster. */
  columnSums(matrix: Value): Value {
    return this.op('Gemm', [matrix, this.#ones(matrix)], { transA: 1 })
  }

  /** Rows `start` up to but not including `end`. */
  rows(value: Value, start: number, end: number): Value {
    return this.op('Slice', [value, this.integers([start]), this.integers([end]), this.integers([0])])
  }

  build(): Uint8Array {
    return encodeModel({
      irVersion: IR_VERSION,
      producerName: 'representer',
      opsetImport: [{ domain: '', version: OPSET }],
      graph: {
        name: this.name,
        node: this.#nodes,
        initializer: this.#initializers,
        input: this.#inputs,
        output: this.#outputs,
        valueInfo: [],
      },
    })
  }

  /** A column of ones with as many rows as the matrix, in its precision. */
  #ones(matrix: Value): Value {
    const rows = this.op('Slice', [
      this.op('Shape', [matrix], {}, 'int64'),
      this.integers([0]),
      this.integers([1]),
    ])
    const zeros = this.op(
      'ConstantOfShape',
      [this.op('Concat', [rows, this.integers([1])], { axis: 0 })],
      {},
      'float32',
    )
    return this.op('Exp', [this.cast(zeros, matrix.type)])
  }

  #constant(type: ElementType, dims: number[], rawData: Uint8Array): Value {
    const name = `constant_${this.#count++}`
    this.#initializers.push(rawTensor(name, type, dims, rawData))
    return { name, type }
  }
}

function node(
  opType: string,
  input: string[],
  output: string,
  attributes: Readonly<Record<string, AttributeValue>> = {},
): NodeProto {
  return {
    opType,
    name: output,
    input,
    output: [output],
    attribute: Object.entries(attributes).map(([name, value]) => attributeProto(name, value)),
  }
}

function attributeProto(name: string, value: AttributeValue): AttributeProto {
  const empty = { name, floats: [], ints: [], strings: [] }
  return typeof value === 'number'
    ? { ...empty, i: value, type: INT }
    : { ...empty, ints: [...value], type: INTS }
}

function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array {
  return new Uint8Array(buffer as ArrayBuffer, byteOffset, byteLength)
}
