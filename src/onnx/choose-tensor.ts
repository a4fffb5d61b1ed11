import { UserError } from '../user-error.ts'
import { findPath } from './adjoint/path.ts'
import type { OnnxModel } from './model.ts'
import { nearNames } from './near-names.ts'

/** How many names a message offers. */
const OFFERED = 5

/**
 * The tensor that a name is of, among those between `from` and `target` that have a gradient: its own, or that of the
 * node that gives it. Errors: UserError with the names that are near.
 */
export function chooseTensor(
  model: OnnxModel,
  { from, target }: { readonly from: readonly string[]; readonly target: string },
  name: string,
): string {
  const { nodes } = findPath(model, { target, wrt: from })
  const outputs = nodes.flatMap(({ node }) => node.output).filter(output => output && output !== target)
  if (from.includes(name) || outputs.includes(name)) return name
  const named = nodes.find(({ node }) => node.name === name && node.output[0] !== target)
  if (named) return named.node.output[0]
  const found =
    model.producers.has(name) || model.inputs.some(input => input.name === name)
      ? `${model.name}: no gradient passes ${name} on the way to the features`
      : `${model.name}: tensor not found: ${name}`
  const near = nearNames(name, [...from, ...outputs], OFFERED)
  throw new UserError('not-found', `${found}, expected one such as ${near.join(', ')}`)
}
