import { leadingTo } from './adjoint/path.ts'
import { takenBy } from './consumers.ts'
import type { OnnxModel } from './model.ts'

/**
 * What embeddings give: tensors whose rows are looked up in a constant table by numbers of the input, such as ids of
 * tokens. No gradient passes the ids; it reaches these. Only those that lead to `target`.
 */
export function embeddingsOf(model: OnnxModel, input: string, target: string): string[] {
  const leading = leadingTo(model, target)
  const fromInput = new Set([input])
  const found: string[] = []
  for (const node of model.nodes) {
    if (node.opType === 'Shape' || node.opType === 'Size') continue
    if (!takenBy(node).some(tensor => fromInput.has(tensor))) continue
    for (const output of node.output) fromInput.add(output)
    const [table, ids] = node.input
    if (node.opType === 'Gather' && fromInput.has(ids) && isConstant(model, table)) found.push(node.output[0])
  }
  return found.filter(tensor => leading.has(tensor))
}

/** Whether a tensor is the same whatever the model is given. */
function isConstant(model: OnnxModel, tensor: string): boolean {
  if (model.initializers.has(tensor)) return true
  const node = model.producers.get(tensor)
  return node !== undefined && takenBy(node).every(input => isConstant(model, input))
}
