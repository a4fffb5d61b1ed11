import { takenBy } from '../consumers.ts'
import { exposeTensors, unusedPrefix } from '../expose.ts'
import type { OnnxModel } from '../model.ts'
import type { Sizes } from './emitter.ts'
import { type Path, refuse } from './path.ts'

/** What has to be known of a graph before its adjoint can be written; a run of `bytes` tells. */
export interface Probe {
  /** A copy of the model that gives all of it. */
  readonly bytes: Uint8Array
  /** Outputs that are the sizes of tensors, by tensor. */
  readonly sizes: ReadonlyMap<string, string>
  /** Outputs that are the numbers of tensors, by tensor. */
  readonly values: ReadonlyMap<string, string>
}

/** What was found by running a probe. */
export interface Probed {
  readonly sizes: ReadonlyMap<string, Sizes>
  readonly values: ReadonlyMap<string, readonly number[]>
}

/** Errors: UserError where numbers that a rule has to know depend on what the model is given. */
export function probeGraph(model: OnnxModel, path: Path): Probe {
  const prefix = unusedPrefix(model, 'probe/')
  const sizes = new Map<string, string>()
  const values = new Map<string, string>()
  const fromData = dataTensors(model)
  for (const { node, rule } of path.nodes) {
    for (const tensor of [...node.input, ...node.output]) {
      if (tensor && !sizes.has(tensor)) sizes.set(tensor, `${prefix}sizes_${sizes.size}`)
    }
    for (const at of rule.values ?? []) {
      const tensor = node.input[at]
      if (!tensor || values.has(tensor)) continue
      if (fromData.has(tensor)) {
        refuse(model, node, `${tensor} depends on the input, expected a constant for a gradient`)
      }
      values.set(tensor, `${prefix}values_${values.size}`)
    }
  }
  const exposed = [
    ...[...sizes].map(([tensor, output]) => [output, { tensor, form: 'sizes' as const }] as const),
    ...[...values].map(([tensor, output]) => [output, { tensor, form: 'rows' as const }] as const),
  ]
  return { bytes: exposeTensors(model, Object.fromEntries(exposed)), sizes, values }
}

/** Tensors whose numbers depend on those that the model is given; sizes do not. */
export function dataTensors(model: OnnxModel): Set<string> {
  const found = new Set(model.inputs.map(({ name }) => name))
  for (const node of model.nodes) {
    if (node.opType === 'Shape' || node.opType === 'Size') continue
    if (takenBy(node).some(tensor => found.has(tensor))) for (const output of node.output) found.add(output)
  }
  return found
}
