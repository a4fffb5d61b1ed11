import { UserError } from '../user-error.ts'
import type { RefusedHead } from './head.ts'
import type { LinearNumbers } from './heads/linear.ts'
import { knownOf } from './heads/match.ts'
import { type Layer, searchLayers } from './layer-search.ts'
import type { OnnxModel } from './model.ts'
import type { ReadExternal } from './tensor.ts'

export type { Layer } from './layer-search.ts'

export interface FoundLayers {
  /** In the order of the graph. */
  readonly layers: readonly Layer[]
  readonly refused: readonly RefusedHead[]
}

/**
 * Every linear layer of a model that can be explained as far as the file tells, and why others cannot.
 * No weight is read and nothing is run: only running shows the sizes that the file leaves out. Layers in
 * branches and loops are not looked at.
 */
export async function findLayers(model: OnnxModel, readExternal: ReadExternal): Promise<FoundLayers> {
  const { found, refused } = await searchLayers(knownOf(model, readExternal))
  return { layers: found.map(({ layer }) => layer), refused: refused.map(({ refusal }) => refusal) }
}

/**
 * A layer with its numbers, by its name or that of the tensor it gives. Errors: UserError where there is
 * none, or none that can be explained.
 */
export async function findLayer(
  model: OnnxModel,
  readExternal: ReadExternal,
  name: string,
): Promise<Layer & LinearNumbers> {
  const { found, refused } = await searchLayers(knownOf(model, readExternal))
  const chosen =
    found.find(({ layer }) => layer.layer === name) ??
    found.find(({ layer, linear }) => layer.logits === name || linear.node.output[0] === name)
  if (chosen) return { ...chosen.layer, ...(await chosen.linear.numbers()) }
  const no = refused.find(({ refusal, node }) => refusal.layer === name || node.output[0] === name)
  if (no) {
    const { layer, op, reason } = no.refusal
    throw new UserError('model', `${model.name}: layer ${layer} (${op}) cannot be explained: ${reason}`)
  }
  throw new UserError('not-found', `layer not found: ${name}, ${expected(found.map(({ layer }) => layer))}`)
}

const MOST_NAMES = 12

function expected(layers: readonly Layer[]): string {
  if (layers.length === 0) return 'the model has none that can be explained'
  const names = layers.slice(0, MOST_NAMES).map(({ layer }) => layer)
  const more = layers.length - names.length
  return `expected one of ${names.join(', ')}${more > 0 ? ` or ${more} more` : ''}`
}
