import { product } from '../constant-shape.ts'
import { takenBy } from '../consumers.ts'
import type { NodeProto } from '../proto.ts'
import type { FloatType } from './emitter.ts'
import type { Held, Passed, Step } from './rule.ts'

const WIDTH: { readonly [K in FloatType]: number } = { float32: 4, float64: 8 }

/** What these give is what they are given, in other sizes or under another name. */
const VIEWS = new Set(['Identity', 'Reshape'])

/**
 * Counts the bytes of what an adjoint computes, as if nothing of it were let go of before the end: once for all seeds
 * what follows from the model's own tensors alone, and for every seed what follows from it. A tensor on the way
 * through a node is taken to be as large as the largest of the node's own, unless the rule tells.
 */
export class HeldBytes {
  forward = 0
  adjoint = 0
  readonly #fromModel: Set<string>
  readonly #fromSeed: Set<string>

  /** @param data tensors of the model that depend on its inputs */
  constructor(data: ReadonlySet<string>, seed: string) {
    this.#fromModel = new Set(data)
    this.#fromSeed = new Set([seed])
  }

  /** @param nodes that were written for a node of the model */
  add({ rule, inputs }: Passed, step: Step, nodes: readonly NodeProto[]): void {
    const { node } = step
    const tensors = [...inputs.map(at => node.input[at]), ...node.output].filter(tensor => tensor !== '')
    const largest = Math.max(...tensors.map(tensor => numbersOf(step, tensor)))
    const counted = this.#count(nodes, largest)
    this.#hold(rule.holds?.(step) ?? counted, step.type(node.output[0]))
  }

  /** @param nodes that were written to add up what came to a tensor of so many numbers */
  addSum(numbers: number, type: FloatType, nodes: readonly NodeProto[]): void {
    this.#hold(this.#count(nodes, numbers), type)
  }

  #hold({ forward, adjoint }: Held, type: FloatType): void {
    this.forward += WIDTH[type] * forward
    this.adjoint += WIDTH[type] * adjoint
  }

  #count(nodes: readonly NodeProto[], numbers: number): Held {
    const counted = { forward: 0, adjoint: 0 }
    for (const node of nodes) {
      const taken = takenBy(node)
      const kind = taken.some(tensor => this.#fromSeed.has(tensor))
        ? 'adjoint'
        : taken.some(tensor => this.#fromModel.has(tensor))
          ? 'forward'
          : null
      // What follows from constants alone is folded when the model is loaded.
      if (kind === null) continue
      for (const output of node.output) (kind === 'adjoint' ? this.#fromSeed : this.#fromModel).add(output)
      if (!VIEWS.has(node.opType ?? '')) counted[kind] += numbers
    }
    return counted
  }
}

/** How many numbers a tensor has for one input. */
export const numbersOf = (step: Pick<Step, 'sizes'>, tensor: string): number =>
  product(step.sizes(tensor).map(size => size ?? 1))
