import type { NodeProto } from '../proto.ts'
import type { Emitter, FloatType, Sizes } from './emitter.ts'

/** A node whose outputs have adjoints and whose inputs are to get theirs. */
export interface Step {
  readonly node: NodeProto
  readonly opset: number
  /** Writes nodes of the adjoint graph. */
  readonly e: Emitter
  /** The adjoint of the only output, or of the first. */
  readonly g: string
  /** The adjoints of all outputs; null where nothing depends on one. */
  readonly adjoints: readonly (string | null)[]
  /** The first input and the first output of the node itself. */
  readonly x: string
  readonly y: string
  /** Whether an input is to get an adjoint. */
  wants(at: number): boolean
  sizes(tensor: string): Sizes
  type(tensor: string): FloatType
  /** The numbers of an input that the rule names in `values`; null where the node goes without. */
  values(at: number): readonly number[] | null
  int(name: string, otherwise: number): number
  ints(name: string): readonly number[] | null
  float(name: string, otherwise: number): number
  text(name: string, otherwise: string): string
  /** Ends with a UserError that names the node. @param found what about it, e.g. `mode reflect` */
  refuse(found: string): never
}

/** Adjoints of inputs, by their places; null or left out where there is none. */
export type Adjoints = readonly (string | null)[]

/** Numbers that are held at once: of one input, and of each seed. */
export interface Held {
  readonly forward: number
  readonly adjoint: number
}

/** How the adjoints of a node's inputs follow from those of its outputs. */
export interface Rule {
  /** Inputs through which gradients pass; all of them unless told. Others count as constants. */
  readonly through?: readonly number[]
  /** Inputs whose numbers have to be known to write the adjoint. */
  readonly values?: readonly number[]
  /** Whether the rule takes the adjoints of all outputs, not of the first alone. */
  readonly manyOutputs?: true
  /** What is computed for it at most; told where something of it is larger than all tensors of the node. */
  readonly holds?: (step: Step) => Held | null
  readonly adjoint: (step: Step) => Adjoints
}

/** A node with its rule and the inputs that gradients pass to. */
export interface Passed {
  readonly node: NodeProto
  readonly rule: Rule
  readonly inputs: readonly number[]
}

/** Rules by operator. */
export type Rules = Readonly<Record<string, Rule>>

/** A rule for an operator whose first input alone passes gradients on. */
export const unary = (adjoint: (step: Step) => string): Rule => ({
  through: [0],
  adjoint: step => [adjoint(step)],
})

/** An axis counted from the front. */
export const fromFront = (axis: number, rank: number): number => (axis < 0 ? axis + rank : axis)

/** The axes from `start` up to but not including `end`. */
export const range = (start: number, end: number): number[] =>
  Array.from({ length: Math.max(0, end - start) }, (_, k) => start + k)
