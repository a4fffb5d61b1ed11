import { attribute } from '../model.ts'
import type { NodeProto } from '../proto.ts'
import { numbersOf } from './held.ts'
import type { Rule, Step } from './rule.ts'

/** A recurrent layer in one direction: T steps of N inputs, h units, each with `gates` pre-activations. */
export interface Pass extends Step {
  readonly units: number
  /** Whether time runs from the last step to the first. */
  readonly isReverse: boolean
  /** The state after and before every step  [T, N, h] */
  readonly after: string
  readonly before: string
  /** Of LSTM, the cell before the first step  [N, h] */
  readonly cell: string
  /** W X + b  [T, N, gates h], and b of what comes from the state, where there is one  [gates h] */
  readonly fromInput: string
  readonly stateBias: string | null
  /** R  [gates h, h] */
  readonly weight: string
  /** Adjoints of every state  [T, K, h], and of the last state and cell from elsewhere  [K, h] */
  readonly adjoint: { readonly states: string; readonly last: string; readonly lastCell: string }
}

/** Adjoints of W X  [T, K, gates h], and of the first state and cell  [K, h]. */
export interface PassedBack {
  readonly fromInput: string
  readonly state: string
  readonly cell?: string
}

/** Places of inputs. */
const [LENGTHS, STATE, CELL, PEEPHOLES] = [4, 5, 6, 7]

/** Numbers for each unit and step of a direction: what gates and their slopes take at most, which are an LSTM's. */
const [FORWARD, ADJOINT] = [60, 8]

/** A rule for a recurrent layer, by what one direction passes back. @param functions its activations, in lower case */
export function recurrent(
  gates: number,
  functions: readonly string[],
  back: (pass: Pass) => PassedBack,
): Rule {
  return {
    through: [0, STATE, CELL],
    manyOutputs: true,
    holds: step => {
      const { node, x } = step
      const [steps, batch] = step.sizes(x).map(size => size ?? 1)
      const ways = step.text('direction', 'forward') === 'bidirectional' ? 2 : 1
      const states = ways * steps * batch * step.int('hidden_size', 0)
      const outputs = node.output.filter(output => output !== '')
      const given = outputs.reduce((sum, output) => sum + numbersOf(step, output), 0)
      return {
        forward: FORWARD * states,
        adjoint: ADJOINT * states + (ways + 1) * numbersOf(step, x) + 2 * given,
      }
    },
    adjoint: step => {
      expectCommon(step, functions)
      const { e, node } = step
      const units = step.int('hidden_size', 0)
      const direction = step.text('direction', 'forward')
      const ways = direction === 'bidirectional' ? [false, true] : [direction === 'reverse']
      const states = node.output[0] || e.again(otherwiseSaid(node, functions, ways.length), node.input, 1)[0]
      const passed = ways.map((isReverse, at) => back(passOf(step, { states, isReverse, at, units, gates })))
      const inputs = passed.map(({ fromInput }, at) =>
        e.op('MatMul', [fromInput, e.at(node.input[1], 0, at)]),
      )
      const together = (of: readonly (string | undefined)[]) => {
        const rows = of.map(state => e.reshape(state ?? '', [1, null, units]))
        return rows.length === 1 ? rows[0] : e.op('Concat', rows, { axis: 0 })
      }
      const out: (string | null)[] = node.input.map(() => null)
      if (step.wants(0)) out[0] = inputs.length === 1 ? inputs[0] : e.op('Sum', inputs)
      if (step.wants(STATE)) out[STATE] = together(passed.map(({ state }) => state))
      if (step.wants(CELL)) out[CELL] = together(passed.map(({ cell }) => cell))
      return out
    },
  }
}

function passOf(
  step: Step,
  {
    states,
    isReverse,
    at,
    units,
    gates,
  }: { states: string; isReverse: boolean; at: number; units: number; gates: number },
): Pass {
  const { e, node, x, adjoints } = step
  const after = e.at(states, 1, at)
  const one = e.at(after, 0, 0)
  const first = (input: number) => (node.input[input] ? e.at(node.input[input], 0, at) : e.mul(one, 0))
  const start = e.reshape(first(STATE), [1, null, units])
  const shifted = isReverse ? e.slice(after, [0], [1], [2 ** 40], [1]) : e.slice(after, [0], [0], [-1], [1])
  const before = e.op('Concat', isReverse ? [shifted, start] : [start, shifted], { axis: 0 })
  const [inputBias, stateBias] = node.input[3]
    ? e.split(e.at(node.input[3], 0, at), 0, [gates * units, gates * units])
    : [null, null]
  const product = e.op('MatMul', [x, transposed(step, e.at(node.input[1], 0, at))])
  const [ofStates, ofLast, ofLastCell] = adjoints
  // As many as there are seeds, whichever output they belong to.
  const some = ofStates ? e.at(e.at(ofStates, 1, at), 0, 0) : e.at(ofLast ?? ofLastCell ?? '', 0, at)
  const last = (adjoint: string | null | undefined) => (adjoint ? e.at(adjoint, 0, at) : e.mul(some, 0))
  return {
    ...step,
    units,
    isReverse,
    after,
    before,
    cell: first(CELL),
    fromInput: inputBias ? e.add(product, inputBias) : product,
    stateBias,
    weight: e.at(node.input[2], 0, at),
    adjoint: {
      states: ofStates ? e.at(ofStates, 1, at) : e.mul(after, 0),
      last: last(ofLast),
      lastCell: last(ofLastCell),
    },
  }
}

const STRINGS = 8

/**
 * The same layer in other words: with its activations named where they are not, and the other way round. ONNX Runtime
 * takes two equal nodes for one, and loses what only the second one gives.
 */
function otherwiseSaid(node: NodeProto, functions: readonly string[], ways: number): NodeProto {
  const others = node.attribute.filter(({ name }) => name !== 'activations')
  if (others.length < node.attribute.length) return { ...node, attribute: others }
  const names = Array.from({ length: ways }, () => functions).flat()
  const strings = names.map(name => new TextEncoder().encode(name[0].toUpperCase() + name.slice(1)))
  return {
    ...node,
    attribute: [...others, { name: 'activations', strings, floats: [], ints: [], type: STRINGS }],
  }
}

/** What no rule for recurrent layers knows. */
function expectCommon(step: Step, functions: readonly string[]): void {
  const { node } = step
  const named = (attribute(node, 'activations')?.strings ?? []).map(name => new TextDecoder().decode(name))
  const other = named.find((name, k) => name.toLowerCase() !== functions[k % functions.length])
  if (other !== undefined) step.refuse(`activation ${other}`)
  if (node.input[LENGTHS]) step.refuse('sequence_lens')
  if (node.input[PEEPHOLES]) step.refuse('peepholes')
  if (step.int('layout', 0) !== 0) step.refuse('layout 1')
  if (step.int('input_forget', 0) !== 0) step.refuse('input_forget')
  if (attribute(node, 'clip')) step.refuse('clip')
}

/** With its two axes exchanged. */
export const transposed = ({ e }: Step, matrix: string): string =>
  e.op('Transpose', [matrix], { perm: [1, 0] })

/** What the state before each step adds to the pre-activations. */
export function fromState(pass: Pass): string {
  const { e, before, weight, stateBias } = pass
  const product = e.op('MatMul', [before, transposed(pass, weight)])
  return stateBias ? e.add(product, stateBias) : product
}

/** y (1 − y) */
export const sigmoidSlope = ({ e }: Step, y: string): string => e.mul(y, e.sub(1, y))

/** 1 − y² */
export const tanhSlope = ({ e }: Step, y: string): string => e.sub(1, e.mul(y, y))
