import { attribute } from '../model.ts'
import type { Passed } from './rule.ts'

/**
 * Concatenations that begin with all that an earlier one has concatenated, as those of it with the rest. Every layer
 * of a DenseNet concatenates all layers before it: one by one, their gradients would be taken apart and added up by a
 * number of nodes that grows with the square of the layers.
 *
 * @param wrt what is differentiated by: what changes with one of these is not to pass it where the model does not
 */
export function nested(nodes: readonly Passed[], wrt: readonly string[]): Passed[] {
  const earlier = new Map<string, Passed>()
  return nodes.map(passed => {
    const { node, inputs } = passed
    if (node.opType !== 'Concat') return passed
    const keyOf = (count: number) => JSON.stringify([attribute(node, 'axis')?.i, node.input.slice(0, count)])
    for (let count = node.input.length - 1; count > 1; count--) {
      const known = earlier.get(keyOf(count))
      if (!known || wrt.includes(known.node.output[0])) continue
      const shifted = inputs.filter(at => at >= count).map(at => at - count + 1)
      earlier.set(keyOf(node.input.length), passed)
      const input = [known.node.output[0], ...node.input.slice(count)]
      return { ...passed, node: { ...node, input }, inputs: [0, ...shifted] }
    }
    earlier.set(keyOf(node.input.length), passed)
    return passed
  })
}
