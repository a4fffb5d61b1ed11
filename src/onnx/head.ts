import type { Known, Linear, LinearNumbers, LinearPlace } from './heads/linear.ts'
import { findLinear, isTransparent, knownOf } from './heads/match.ts'
import { attribute, isOwnOperator, layerName, type OnnxModel } from './model.ts'
import type { NodeProto } from './proto.ts'
import type { ReadExternal } from './tensor.ts'

/** What stands between the head and the output of the model. */
export type OutputActivation = 'none' | 'softmax' | 'log-softmax' | 'sigmoid'

/** A linear layer that ends the model: logits = features · weight + bias. */
export interface Head extends LinearPlace, LinearNumbers {
  /** The output of the model that it leads to. */
  readonly output: string
  readonly activation: OutputActivation
}

/** A layer that was looked at and is no head: `layer (op): reason`. */
export interface RefusedHead {
  readonly layer: string
  readonly op: string
  readonly reason: string
}

export interface FoundHeads {
  /** The output named `logits` first, then in the order of the model's outputs. */
  readonly heads: readonly Head[]
  readonly refused: readonly RefusedHead[]
}

/**
 * The linear layers that end a model, found by walking back from every output over what does not change
 * which numbers the head gave. Weights are read; nothing is run, so callers verify what is found.
 */
export async function findHeads(model: OnnxModel, readExternal: ReadExternal): Promise<FoundHeads> {
  const { ends, refused } = await findEnds(knownOf(model, readExternal))
  const heads: Head[] = []
  for (const { linear, output, activation } of ends) {
    const { layer, op, features, form, logits } = linear
    heads.push({ layer, op, features, form, logits, output, activation, ...(await linear.numbers()) })
  }
  return { heads, refused }
}

/** A linear layer at an output of the model. */
export interface End extends Pick<Head, 'output' | 'activation'> {
  readonly linear: Linear
}

/** As `findHeads`, without reading a weight. */
export async function findEnds(known: Known): Promise<{ ends: End[]; refused: RefusedHead[] }> {
  const { model } = known
  const ends: End[] = []
  const refused: RefusedHead[] = []
  const outputs = [...model.outputs].sort((a, b) => Number(b.name === 'logits') - Number(a.name === 'logits'))
  for (const { name: output } of outputs) {
    const { tensor, activation } = walkBack(model, output)
    const linear = await findLinear(known, tensor)
    if ('reason' in linear) {
      const { node, reason } = linear
      refused.push({ layer: node ? layerName(node) : output, op: node?.opType ?? 'output', reason })
    } else if (!ends.some(earlier => earlier.linear.logits === linear.logits)) {
      ends.push({ linear, output, activation })
    }
  }
  return { ends, refused }
}

const ACTIVATIONS: ReadonlyMap<string, OutputActivation> = new Map([
  ['Softmax', 'softmax'],
  ['LogSoftmax', 'log-softmax'],
  ['Sigmoid', 'sigmoid'],
])

/** From an output back over views of the logits and their one activation. */
function walkBack(model: OnnxModel, output: string): { tensor: string; activation: OutputActivation } {
  let activation: OutputActivation = 'none'
  let tensor = output
  // No path is longer than the graph, unless a broken file goes in circles.
  for (let steps = 0; steps <= model.nodes.length; steps++) {
    const node = model.producers.get(tensor)
    if (!node) break
    const crossed = isOwnOperator(node) ? ACTIVATIONS.get(node.opType ?? '') : undefined
    if (crossed && activation === 'none' && isOverOutputs(model, node)) activation = crossed
    else if (!isTransparent(node)) break
    tensor = node.input[0] ?? ''
  }
  return { tensor, activation }
}

/** Whether a softmax runs over the last of two axes; opset 13 moved its default there. */
export function isOverOutputs(model: OnnxModel, node: NodeProto): boolean {
  if (node.opType === 'Sigmoid') return true
  const axis = attribute(node, 'axis')?.i ?? (model.opset >= 13 ? -1 : 1)
  return axis === -1 || axis === 1
}
