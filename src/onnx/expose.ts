import type { OnnxModel } from './model.ts'
import { encodeModel } from './proto.ts'

/**
 * A copy of the model in which tensors inside it are outputs too, each under the name given.
 *
 * Nothing of the model is written again: the wire format merges a message that comes twice, so a second
 * graph of one Identity node and one output for each tensor, put behind the file, is enough.
 */
export function exposeTensors(model: OnnxModel, tensors: Readonly<Record<string, string>>): Uint8Array {
  const entries = Object.entries(tensors)
  const addition = encodeModel({
    graph: {
      node: entries.map(([output, tensor]) => ({
        opType: 'Identity',
        input: [tensor],
        output: [output],
        attribute: [],
      })),
      output: entries.map(([output]) => ({ name: output })),
      initializer: [],
      input: [],
    },
  })
  const out = new Uint8Array(model.bytes.byteLength + addition.byteLength)
  out.set(model.bytes)
  out.set(addition, model.bytes.byteLength)
  return out
}

/** `name`, or the first of `name_2`, `name_3` … that no tensor of the model has. */
export function unusedName(model: OnnxModel, name: string): string {
  const used = new Set([
    ...model.inputs.map(input => input.name),
    ...model.initializers.keys(),
    ...model.producers.keys(),
  ])
  let candidate = name
  for (let i = 2; used.has(candidate); i++) candidate = `${name}_${i}`
  return candidate
}
