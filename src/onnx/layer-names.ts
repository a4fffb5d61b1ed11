import { layerName } from './model.ts'
import type { NodeProto } from './proto.ts'

/** What layers are called, none as another or as another's output. */
export interface LayerNames {
  of(node: NodeProto): string
  /** What to say where a layer is not called as its node is. */
  note(node: NodeProto): string | null
}

/** By their nodes, or where several would be called the same, by what their nodes give. */
export function layerNames(nodes: readonly NodeProto[]): LayerNames {
  const uses = new Map<string, number>()
  const use = (name: string) => uses.set(name, (uses.get(name) ?? 0) + 1)
  for (const node of nodes) {
    for (const name of new Set([layerName(node), node.output[0]])) use(name ?? '')
  }
  const isOnly = (node: NodeProto) => uses.get(layerName(node)) === 1
  return {
    of: node => (isOnly(node) ? layerName(node) : (node.output[0] ?? '')),
    note: node =>
      isOnly(node) || layerName(node) === node.output[0]
        ? null
        : `called by its output, since ${layerName(node)} is not its name alone`,
  }
}
