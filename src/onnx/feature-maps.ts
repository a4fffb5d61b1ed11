import { ACTIVATIONS } from './adjoint/activations.ts'
import { ARITHMETIC } from './adjoint/arithmetic.ts'
import { NORMALISATION } from './adjoint/normalisation.ts'
import { takenBy } from './consumers.ts'
import { isOwnOperator, type OnnxModel } from './model.ts'
import type { NodeProto } from './proto.ts'

/** They give [n, c, h, w] of what they are given so, with every place where it was. */
const WINDOWS = new Set(
  (
    'Conv ConvTranspose MaxPool AveragePool LpPool GlobalMaxPool GlobalAveragePool Resize Upsample ' +
    'DepthToSpace SpaceToDepth'
  ).split(' '),
)

/** Every number stays where it was. */
const IN_PLACE = new Set([
  ...Object.keys({ ...ACTIVATIONS, ...ARITHMETIC, ...NORMALISATION }),
  ...['Identity', 'Dropout', 'Cast', 'Concat', 'Pad', 'LRN'],
])

/** The numbers are as they were, wherever they stand now. */
const MOVED = new Set('Reshape Flatten Squeeze Unsqueeze Transpose Split Slice'.split(' '))

/**
 * Tensors [n, c, h, w] whose last two axes lie over the input's picture: what windows over it give, and what keeps
 * every number of these in its place. Other tensors with as many axes are none, such as the weights of attention
 * [n, heads, t, t], and pictures with their channels last.
 *
 * @param isPicture whether the input itself is such a tensor
 */
export function featureMaps(model: OnnxModel, input: string, isPicture: boolean): Set<string> {
  const maps = new Set(isPicture ? [input] : [])
  /** Numbers of the input or of feature maps that may stand elsewhere: windows over them make feature maps again. */
  const moved = new Set([input])
  for (const node of model.nodes) {
    const kind = kindOf(node, maps, moved)
    if (kind === null) continue
    for (const output of node.output) {
      moved.add(output)
      if (kind === 'map') maps.add(output)
    }
  }
  return maps
}

function kindOf(
  node: NodeProto,
  maps: ReadonlySet<string>,
  moved: ReadonlySet<string>,
): 'map' | 'moved' | null {
  const [opType, taken] = [isOwnOperator(node) ? (node.opType ?? '') : '', takenBy(node)]
  if (WINDOWS.has(opType)) return moved.has(taken[0]) ? 'map' : null
  if (IN_PLACE.has(opType) && taken.some(tensor => maps.has(tensor))) return 'map'
  if (!IN_PLACE.has(opType) && !MOVED.has(opType)) return null
  return taken.some(tensor => moved.has(tensor)) ? 'moved' : null
}
