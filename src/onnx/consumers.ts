import type { NodeProto } from './proto.ts'

/** The nodes that take each tensor, each node once, in the order of the graph. */
export function consumersOf(nodes: readonly NodeProto[]): Map<string, NodeProto[]> {
  const consumers = new Map<string, NodeProto[]>()
  const note = (tensor: string, node: NodeProto) => {
    const earlier = consumers.get(tensor)
    if (!earlier) consumers.set(tensor, [node])
    else if (earlier.at(-1) !== node) earlier.push(node)
  }
  const noteAll = (taker: NodeProto, node: NodeProto) => {
    for (const input of taker.input) if (input) note(input, node)
    // Branches and loops take what they need of the graph around them without naming it as an input.
    for (const { g } of taker.attribute) for (const inner of g?.node ?? []) noteAll(inner, node)
  }
  for (const node of nodes) noteAll(node, node)
  return consumers
}

/** What a node takes, itself or in the branches and loops that it holds. */
export function takenBy(node: NodeProto): string[] {
  const inner = node.attribute.flatMap(({ g }) => g?.node.flatMap(takenBy) ?? [])
  return [...node.input, ...inner].filter(tensor => tensor !== '')
}
