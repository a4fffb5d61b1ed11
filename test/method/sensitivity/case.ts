import { random } from '../../../src/math/random.ts'
import type { NodeProto, TensorProto } from '../../../src/onnx/proto.ts'
import { node, tensor } from '../../onnx/graphs.ts'

export type Attributes = Parameters<typeof node>[3]

/** A small graph from x [batch, …] to y, and how its Jacobian is to be looked at. */
export interface Case {
  readonly name: string
  /** Sizes of x behind the batch. */
  readonly x: readonly number[]
  readonly graph: (opset: number) => { readonly nodes: NodeProto[]; readonly weights?: TensorProto[] }
  /** The first and the last operator set that knows its form; 11 to 21 unless told. */
  readonly from?: number
  readonly to?: number
  /** x is above zero. */
  readonly positive?: boolean
  /** Linear about x, so that differences are exact but for rounding; along `step`. */
  readonly exact?: boolean
  readonly step?: number
}

/** Where the form of some operator changed. */
export const OPSETS = [11, 13, 17, 18, 21]

export const graphOf = ({ graph }: Case, opset: number) => graph(opset)

/** A constant of seeded numbers in steps of 1/8. */
export function weight(name: string, dims: number[], { positive = false } = {}): TensorProto {
  const uniform = random(name.length + dims.length)
  const size = dims.reduce((product, length) => product * length, 1)
  const values = Array.from({ length: size }, () => Math.round(uniform() * 16 - (positive ? 0 : 8)) / 8)
  return tensor(name, 'float32', dims, positive ? values.map(value => value + 0.5) : values)
}

export const integers = (name: string, values: readonly number[]) =>
  tensor(name, 'int64', [values.length], values)
export const scalar = (name: string, value: number) => tensor(name, 'float32', [], [value])

/** One operator on x, with constants. */
export function one(
  opType: string,
  x: readonly number[],
  attributes: Attributes = {},
  options: Partial<Case> & { readonly weights?: TensorProto[]; readonly says?: string } = {},
): Case {
  const { weights = [], says, ...rest } = options
  const inputs = ['x', ...weights.map(({ name = '' }) => name)]
  const told =
    says ??
    Object.entries(attributes)
      .map(([key, value]) => `${key} ${JSON.stringify(value)}`)
      .join(', ')
  return {
    name: `${opType} ${told}`.trim(),
    x,
    graph: () => ({ nodes: [node(opType, inputs, 'y', attributes)], weights }),
    ...rest,
  }
}

/** An operator whose list of integers is an attribute first and an input since some operator set. */
export function listed(
  opType: string,
  x: readonly number[],
  [key, since, values]: readonly [string, number, readonly number[]],
  attributes: Attributes = {},
  options: Partial<Case> = {},
): Case {
  return {
    name: `${opType} ${key} ${JSON.stringify(values)} ${JSON.stringify(attributes)}`,
    x,
    graph: opset =>
      opset >= since
        ? { nodes: [node(opType, ['x', 'list'], 'y', attributes)], weights: [integers('list', values)] }
        : { nodes: [node(opType, ['x'], 'y', { ...attributes, [key]: values })] },
    ...options,
  }
}

export const float = (value: number) => ({ float: value })
export const exact = { exact: true, step: 1 } as const
/** Piecewise linear: no piece ends within a step. */
export const pieces = { exact: true, step: 2 ** -14 } as const
