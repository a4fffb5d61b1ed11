import { ELEMENT_TYPE } from '../model.ts'
import type { AttributeProto, NodeProto, TensorProto } from '../proto.ts'

/** Sizes of a tensor's axes; null for the one that is the batch's, where any batch will do. */
export type Sizes = readonly (number | null)[]

/** What gradients are computed in. */
export type FloatType = 'float32' | 'float64'

/** A tensor by its name, or a number in the precision at hand. */
export type Operand = string | number

type AttributeValue = number | readonly number[] | string

const [INT, STRING, INTS] = [2, 3, 7]

/** Operators whose axes are an input since this operator set, and an attribute before. */
const AXES_INPUT = { ReduceSum: 13, ReduceMean: 18, ReduceMax: 18 } as const

/**
 * Writes nodes behind a graph that is there, in the operator set of that graph. The first letters of all names are
 * such that the graph has none of them.
 */
export class Emitter {
  readonly nodes: NodeProto[] = []
  readonly initializers: TensorProto[] = []
  /** Of the numbers among operands. */
  type: FloatType = 'float32'
  readonly #constants = new Map<string, string>()

  constructor(
    readonly opset: number,
    readonly prefix: string,
  ) {}

  /** A node with one output, whose name is answered. */
  op(
    opType: string,
    inputs: readonly Operand[],
    attributes: Readonly<Record<string, AttributeValue>> = {},
  ): string {
    return this.ops(opType, inputs, 1, attributes)[0]
  }

  /** A node with `count` outputs. */
  ops(
    opType: string,
    inputs: readonly Operand[],
    count: number,
    attributes: Readonly<Record<string, AttributeValue>> = {},
  ): string[] {
    const name = `${this.prefix}${opType}_${this.nodes.length}`
    const output = Array.from({ length: count }, (_, k) => (k === 0 ? name : `${name}_${k}`))
    this.nodes.push({
      opType,
      name,
      input: inputs.map(operand => (typeof operand === 'number' ? this.scalar(operand) : operand)),
      output,
      attribute: Object.entries(attributes).map(([key, value]) => attributeProto(key, value)),
    })
    return output
  }

  /** A node like another, for one other input. */
  again(node: NodeProto, input: string): string {
    const name = `${this.prefix}${node.opType}_${this.nodes.length}`
    this.nodes.push({ ...node, name, input: [input], output: [name] })
    return name
  }

  /** Names a tensor. */
  rename(tensor: string, name: string): void {
    this.nodes.push({ opType: 'Identity', name, input: [tensor], output: [name], attribute: [] })
  }

  scalar(value: number): string {
    return this.floats([value], [])
  }

  /** A constant tensor in the precision at hand. */
  floats(values: readonly number[], dims: readonly number[] = [values.length]): string {
    const data = this.type === 'float32' ? Float32Array.from(values) : Float64Array.from(values)
    return this.#constant(this.type, dims, data)
  }

  /** A constant vector of integers. */
  integers(values: readonly number[]): string {
    return this.#constant('int64', [values.length], BigInt64Array.from(values, BigInt))
  }

  integer(value: number): string {
    return this.#constant('int64', [], BigInt64Array.of(BigInt(value)))
  }

  add = (a: Operand, b: Operand): string => this.op('Add', [a, b])
  sub = (a: Operand, b: Operand): string => this.op('Sub', [a, b])
  mul = (a: Operand, b: Operand): string => this.op('Mul', [a, b])
  div = (a: Operand, b: Operand): string => this.op('Div', [a, b])
  exp = (a: Operand): string => this.op('Exp', [a])
  where = (condition: string, a: Operand, b: Operand): string => this.op('Where', [condition, a, b])

  /** 1 where it holds, 0 elsewhere. */
  indicator(condition: string): string {
    return this.cast(condition, this.type)
  }

  cast(tensor: string, type: FloatType | 'int64'): string {
    return this.op('Cast', [tensor], { to: ELEMENT_TYPE[type] })
  }

  /** Reduces axes, which stay with size 1. */
  reduce(opType: keyof typeof AXES_INPUT, tensor: string, axes: readonly number[]): string {
    if (axes.length === 0) return tensor
    return this.opset >= AXES_INPUT[opType]
      ? this.op(opType, [tensor, this.integers(axes)], { keepdims: 1 })
      : this.op(opType, [tensor], { axes, keepdims: 1 })
  }

  sum = (tensor: string, axes: readonly number[]): string => this.reduce('ReduceSum', tensor, axes)
  mean = (tensor: string, axes: readonly number[]): string => this.reduce('ReduceMean', tensor, axes)

  reshape(tensor: string, sizes: Sizes): string {
    return this.op('Reshape', [tensor, this.integers(sizes.map(size => size ?? -1))])
  }

  /** Repeats along axes of size 1; the batch stays what it is. */
  expand(tensor: string, sizes: Sizes): string {
    return this.op('Expand', [tensor, this.integers(sizes.map(size => size ?? 1))])
  }

  /** Puts zeros, or another number, at both ends of every axis; takes away where a count is negative. */
  pad(tensor: string, begin: readonly number[], end: readonly number[], value = 0): string {
    if ([...begin, ...end].every(count => count === 0)) return tensor
    return this.op('Pad', [tensor, this.integers([...begin, ...end]), value])
  }

  slice(tensor: string, axes: readonly number[], starts: number[], ends: number[], steps: number[]): string {
    return this.op('Slice', [tensor, ...[starts, ends, axes, steps].map(values => this.integers(values))])
  }

  /** In reverse order along axes. */
  flip(tensor: string, axes: readonly number[]): string {
    const all = (value: number) => axes.map(() => value)
    return axes.length === 0 ? tensor : this.slice(tensor, axes, all(-1), all(-(2 ** 40)), all(-1))
  }

  split(tensor: string, axis: number, sizes: readonly number[]): string[] {
    return this.opset >= 13
      ? this.ops('Split', [tensor, this.integers(sizes)], sizes.length, { axis })
      : this.ops('Split', [tensor], sizes.length, { axis, split: sizes })
  }

  /** Sums over what was repeated to go from sizes `to` to sizes `from`, as operators of two tensors repeat. */
  unbroadcast(tensor: string, from: Sizes, to: Sizes): string {
    const lead = from.length - to.length
    const axes = from.flatMap((size, axis) =>
      axis < lead || (to[axis - lead] === 1 && size !== 1) ? [axis] : [],
    )
    const summed = this.sum(tensor, axes)
    return lead > 0 ? this.reshape(summed, to) : summed
  }

  #constant(type: FloatType | 'int64', dims: readonly number[], data: ArrayBufferView): string {
    const rawData = new Uint8Array(data.buffer as ArrayBuffer, data.byteOffset, data.byteLength)
    const key = `${type} ${dims.join()} ${rawData.join()}`
    const known = this.#constants.get(key)
    if (known !== undefined) return known
    const name = `${this.prefix}constant_${this.initializers.length}`
    this.#constants.set(key, name)
    this.initializers.push({
      name,
      dims: [...dims],
      dataType: ELEMENT_TYPE[type],
      rawData,
      floatData: [],
      int32Data: [],
      int64Data: [],
      doubleData: [],
      externalData: [],
    })
    return name
  }
}

function attributeProto(name: string, value: AttributeValue): AttributeProto {
  const empty = { name, floats: [], ints: [], strings: [] }
  if (typeof value === 'number') return { ...empty, i: value, type: INT }
  if (typeof value === 'string') return { ...empty, s: new TextEncoder().encode(value), type: STRING }
  return { ...empty, ints: [...value], type: INTS }
}
