import { takenBy } from '../consumers.ts'
import { ELEMENT_TYPE } from '../model.ts'
import type { AttributeProto, GraphProto, NodeProto, TensorProto } from '../proto.ts'
import { rawTensor } from '../raw-tensor.ts'

/** Sizes of a tensor's axes; null for the one that is the batch's, where any batch will do. */
export type Sizes = readonly (number | null)[]

/** What gradients are computed in. */
export type FloatType = 'float32' | 'float64'

/** A tensor by its name, or a number in the precision at hand. */
export type Operand = string | number

type AttributeValue =
  | number
  | readonly number[]
  | string
  | { readonly float: number }
  | { readonly graph: GraphProto }

const [FLOAT, INT, STRING, GRAPH, INTS] = [1, 2, 3, 5, 7]

/** Numbers from here on are 1 when multiplied with its inverse: all but those that are nothing in single precision. */
export const LEAST = 2 ** -126

/** An adjoint as what another one is multiplied with, number by number. */
interface Scaled {
  readonly base: string
  readonly factor: Operand
}

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
  readonly #scaled = new Map<string, Scaled>()

  constructor(
    readonly opset: number,
    readonly prefix: string,
    /** Whether only what every device has kernels for is written. */
    readonly isPortable = false,
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

  /** A node like another, for other inputs and with so many outputs. */
  again(node: NodeProto, inputs: readonly string[], count: number): string[] {
    const output = this.ops(node.opType ?? '', inputs, count)
    this.nodes.push({ ...this.nodes.pop(), input: [...inputs], output, attribute: node.attribute })
    return output
  }

  /** For a graph inside a node of this one. */
  inner(): Emitter {
    const inner = new Emitter(this.opset, `${this.prefix}inner_${this.nodes.length}/`, this.isPortable)
    inner.type = this.type
    return inner
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

  /** One of the things that an axis counts, without that axis. */
  at(tensor: string, axis: number, index: number): string {
    return this.op('Gather', [tensor, this.integer(index)], { axis })
  }

  /** A constant tensor of integers. */
  places(values: readonly number[], dims: readonly number[]): string {
    return this.#constant('int64', dims, BigInt64Array.from(values, BigInt))
  }

  add = (a: Operand, b: Operand): string => this.op('Add', [a, b])
  sub = (a: Operand, b: Operand): string => this.op('Sub', [a, b])
  mul = (a: Operand, b: Operand): string => this.op('Mul', [a, b])
  div = (a: Operand, b: Operand): string => this.op('Div', [a, b])
  exp = (a: Operand): string => this.op('Exp', [a])
  where = (condition: string, a: Operand, b: Operand): string => this.op('Where', [condition, a, b])

  /**
   * An adjoint multiplied number by number with what does not depend on it. Factors that follow each other are
   * multiplied first: with one input and many seeds they are small, and adjoints are not.
   */
  scale(adjoint: string, factor: Operand): string {
    const known = this.#scaled.get(adjoint)
    const scaled = known
      ? { base: known.base, factor: this.#product(known.factor, factor) }
      : { base: adjoint, factor }
    const out = this.mul(scaled.base, scaled.factor)
    this.#scaled.set(out, scaled)
    return out
  }

  /** The sum of adjoints; what one was multiplied with on several ways is added first. */
  total(adjoints: readonly string[]): string {
    const factors = new Map<string, Operand[]>()
    for (const adjoint of adjoints) {
      const { base, factor } = this.#scaled.get(adjoint) ?? { base: adjoint, factor: 1 }
      factors.set(base, [...(factors.get(base) ?? []), factor])
    }
    const parts = [...factors].map(([base, ways]) => {
      if (ways.length > 1)
        return this.scale(
          base,
          ways.reduce((sum, factor) => this.#sum(sum, factor)),
        )
      return adjoints.find(adjoint => adjoint === base || this.#scaled.get(adjoint)?.base === base) ?? base
    })
    return parts.length === 1 ? parts[0] : this.op('Sum', parts)
  }

  /** Drops what nothing of this is computed from. */
  keepOnly(outputs: readonly string[]): void {
    const needed = new Set(outputs)
    const kept = this.nodes.reverse().filter(node => {
      const isNeeded = node.output.some(name => needed.has(name))
      if (isNeeded) for (const name of takenBy(node)) needed.add(name)
      return isNeeded
    })
    this.nodes.splice(0, this.nodes.length, ...kept.reverse())
    const used = this.initializers.filter(({ name = '' }) => needed.has(name))
    this.initializers.splice(0, this.initializers.length, ...used)
  }

  /** 1 where a tensor is above zero, 0 elsewhere; in one step, on all cores, wherever there is a kernel for that. */
  positive(tensor: string): string {
    if (this.type === 'float64') return this.indicator(this.op('Greater', [tensor, 0]))
    return this.op('HardSigmoid', [tensor], { alpha: { float: 1 / LEAST }, beta: { float: 0 } })
  }

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

  #product(a: Operand, b: Operand): Operand {
    return typeof a === 'number' && typeof b === 'number' ? a * b : this.mul(a, b)
  }

  #sum(a: Operand, b: Operand): Operand {
    return typeof a === 'number' && typeof b === 'number' ? a + b : this.add(a, b)
  }

  #constant(type: FloatType | 'int64', dims: readonly number[], data: ArrayBufferView): string {
    const rawData = new Uint8Array(data.buffer as ArrayBuffer, data.byteOffset, data.byteLength)
    const key = `${type} ${dims.join()} ${new TextDecoder('latin1').decode(rawData)}`
    const known = this.#constants.get(key)
    if (known !== undefined) return known
    const name = `${this.prefix}constant_${this.initializers.length}`
    this.#constants.set(key, name)
    this.initializers.push(rawTensor(name, type, dims, rawData))
    return name
  }
}

function attributeProto(name: string, value: AttributeValue): AttributeProto {
  const empty = { name, floats: [], ints: [], strings: [] }
  if (typeof value === 'object' && 'float' in value) return { ...empty, f: value.float, type: FLOAT }
  if (typeof value === 'object' && 'graph' in value) return { ...empty, g: value.graph, type: GRAPH }
  if (typeof value === 'number') return { ...empty, i: value, type: INT }
  if (typeof value === 'string') return { ...empty, s: new TextEncoder().encode(value), type: STRING }
  return { ...empty, ints: [...value], type: INTS }
}
