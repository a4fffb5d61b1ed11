import { unusedPrefix, withAddition } from '../expose.ts'
import { attribute, ELEMENT_TYPE, type OnnxModel } from '../model.ts'
import { encodeModel } from '../proto.ts'
import { Emitter, type FloatType, type Sizes } from './emitter.ts'
import { HeldBytes, numbersOf } from './held.ts'
import { type Path, refuse } from './path.ts'
import { dataTensors, type Probed } from './probe.ts'
import type { Held, Passed, Step } from './rule.ts'

/** A model with its adjoint behind it. */
export interface AdjointModel {
  readonly bytes: Uint8Array
  /** The input that takes the adjoint of the target, and its type. */
  readonly seed: { readonly name: string; readonly type: FloatType }
  /** The output that is the target itself. */
  readonly target: string
  /** Outputs that are the adjoints of the tensors differentiated by, in their order. */
  readonly gradients: readonly string[]
  /** Bytes of what it computes beside the model: for one input, and for each seed; see `HeldBytes` */
  readonly holds: Held
}

/**
 * A copy of the model that also computes vector-Jacobian products, by reverse mode:
 *
 *   gradient(w) = (∂ target / ∂ w)ᵀ seed
 *
 * Where all sizes are known but the batch's, the model may be given one input and many seeds: then it runs forward
 * once, and what has the batch's axis is repeated. Nothing of the model is written again; see `exposeTensors`.
 *
 * @param isPortable whether to write only what graphics processors compute too, and rightly; the processor is slower by it
 */
export function adjointModel(
  model: OnnxModel,
  path: Path,
  probed: Probed,
  { isPortable = false }: { readonly isPortable?: boolean } = {},
): AdjointModel {
  const prefix = unusedPrefix(model, 'adjoint/')
  const e = new Emitter(model.opset, prefix, isPortable)
  const seed = { name: `${prefix}seed`, type: path.types.get(path.target) ?? 'float32' }
  const gathered = new Map([[path.target, [seed.name]]])
  /** The sum of what came to a tensor from everything that takes it; null where nothing did. */
  const adjointOf = (tensor: string): string | null => {
    const parts = gathered.get(tensor) ?? []
    if (parts.length < 2) return parts[0] ?? null
    const sum = e.total(parts)
    gathered.set(tensor, [sum])
    return sum
  }
  const held = new HeldBytes(dataTensors(model), seed.name)
  for (const passed of [...path.nodes].reverse()) {
    const before = e.nodes.length
    // Before adjoints are added up: that writes numbers too.
    e.type = path.types.get(passed.node.output[0]) ?? 'float32'
    const adjoints = passed.node.output.map(adjointOf)
    if (adjoints.every(adjoint => adjoint === null)) continue
    const step = stepOf(model, path, probed, e, passed, adjoints)
    const further = adjoints.findIndex((adjoint, k) => k > 0 && adjoint !== null)
    if (further > 0 && !passed.rule.manyOutputs) step.refuse(`its output ${further} is used`)
    const parts = passed.rule.adjoint(step)
    held.add(passed, step, e.nodes.slice(before))
    for (const at of passed.inputs) {
      const [tensor, part] = [passed.node.input[at], parts[at]]
      if (part) gathered.set(tensor, [...(gathered.get(tensor) ?? []), part])
    }
  }
  const gradients = path.wrt.map((tensor, k) => {
    const name = `${prefix}gradient_${k}`
    const before = e.nodes.length
    e.type = path.types.get(tensor) ?? 'float32'
    const gradient = adjointOf(tensor)
    held.addSum(numbersOf({ sizes: name => sizesOf(probed, name) }, tensor), e.type, e.nodes.slice(before))
    if (gradient === null) throw new Error(`${tensor}: expected it to lead to ${path.target}`)
    e.rename(gradient, name)
    return name
  })
  const target = `${prefix}target`
  e.rename(path.target, target)
  e.keepOnly([target, ...gradients])
  const bytes = appended(model, e, path, probed, { seed, target, gradients })
  const { forward, adjoint } = held
  return { bytes, seed, target, gradients, holds: { forward, adjoint } }
}

function stepOf(
  model: OnnxModel,
  path: Path,
  probed: Probed,
  e: Emitter,
  { node, inputs }: Passed,
  adjoints: readonly (string | null)[],
): Step {
  const text = (name: string) => new TextDecoder().decode(attribute(node, name)?.s)
  return {
    node,
    opset: model.opset,
    e,
    g: adjoints[0] ?? '',
    adjoints,
    x: node.input[0],
    y: node.output[0],
    wants: at => inputs.includes(at),
    sizes: tensor => sizesOf(probed, tensor),
    type: tensor => path.types.get(tensor) ?? 'float32',
    values: at => (node.input[at] ? (probed.values.get(node.input[at]) ?? null) : null),
    int: (name, otherwise) => attribute(node, name)?.i ?? otherwise,
    ints: name => attribute(node, name)?.ints ?? null,
    float: (name, otherwise) => attribute(node, name)?.f ?? otherwise,
    text: (name, otherwise) => text(name) || otherwise,
    refuse: found => refuse(model, node, `${found}, its gradient is not known, export the model without`),
  }
}

/** Errors: an Error on a tensor that was not probed, which is a mistake of a rule's. */
function sizesOf({ sizes }: Probed, tensor: string): Sizes {
  const found = sizes.get(tensor)
  if (found) return found
  throw new Error(`sizes of ${tensor}: expected them to be probed`)
}

function appended(
  model: OnnxModel,
  e: Emitter,
  { target, wrt, types }: Path,
  probed: Probed,
  { seed, target: output, gradients }: Pick<AdjointModel, 'seed' | 'target' | 'gradients'>,
): Uint8Array {
  const tensorType = (type: FloatType, rank: number) => ({
    elemType: ELEMENT_TYPE[type],
    shape: { dim: Array.from({ length: rank }, (_, axis) => ({ dimParam: `${e.prefix}${axis}` })) },
  })
  const addition = encodeModel({
    graph: {
      node: e.nodes,
      initializer: e.initializers,
      input: [
        {
          name: seed.name,
          type: { tensorType: tensorType(seed.type, sizesOf(probed, target).length) },
        },
      ],
      output: [[output, target], ...gradients.map((name, k) => [name, wrt[k]])].map(([name, of]) => ({
        name,
        type: { tensorType: { elemType: ELEMENT_TYPE[types.get(of) ?? 'float32'] } },
      })),
      valueInfo: [],
    },
  })
  return withAddition(model, addition)
}
