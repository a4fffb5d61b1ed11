import type { FloatType } from './adjoint/emitter.ts'
import { unusedPrefix } from './expose.ts'
import { ELEMENT_TYPE, type OnnxModel } from './model.ts'
import { encodeModel, encodeNode, GRAPH, NODE, OUTPUT } from './proto.ts'
import { replaceFields } from './wire.ts'

/** A model whose tensors are what they were and a further input each. */
export interface NoisyModel {
  readonly bytes: Uint8Array
  /** The further inputs, of any sizes that repeat to those of the tensors, in the order of these. */
  readonly noises: readonly NoiseInput[]
}

export interface NoiseInput {
  readonly name: string
  /** The tensor that it is added to. */
  readonly tensor: string
  readonly type: FloatType
}

/**
 * A copy of the model in which whatever takes one of these tensors takes the sum of it and a further input. All else
 * stays as it is, to the byte: of the nodes that give them only the names of these outputs are written anew.
 */
export function withNoise(model: OnnxModel, tensors: readonly string[]): NoisyModel {
  const prefix = unusedPrefix(model, 'noise/')
  const noiseOf = (tensor: string) => `${prefix}${tensors.indexOf(tensor)}`
  const apart = (tensor: string) => `${noiseOf(tensor)}/without`
  const noisy = replaceFields(model.bytes, GRAPH, graph => [
    replaceFields(graph, NODE, node => {
      const added: string[] = []
      const renamed = replaceFields(node, OUTPUT, bytes => {
        const output = new TextDecoder().decode(bytes)
        if (!tensors.includes(output)) return null
        added.push(output)
        return [new TextEncoder().encode(apart(output))]
      })
      return added.length === 0 ? null : [renamed, ...added.map(sumOf)]
    }),
  ])
  function sumOf(tensor: string): Uint8Array {
    const input = [apart(tensor), noiseOf(tensor)]
    return encodeNode({
      opType: 'Add',
      name: `${noiseOf(tensor)}/sum`,
      input,
      output: [tensor],
      attribute: [],
    })
  }
  const noises = tensors.map(tensor => ({ name: noiseOf(tensor), tensor, type: typeOf(model, tensor) }))
  const inputs = encodeModel({
    graph: {
      node: [],
      initializer: [],
      output: [],
      valueInfo: [],
      input: noises.map(({ name, type }) => ({
        name,
        type: { tensorType: { elemType: ELEMENT_TYPE[type] } },
      })),
    },
  })
  const bytes = new Uint8Array(noisy.byteLength + inputs.byteLength)
  bytes.set(noisy)
  bytes.set(inputs, noisy.byteLength)
  return { bytes, noises }
}

/** As the file says, or the table that it is looked up in. */
function typeOf({ tensors, producers, initializers }: OnnxModel, tensor: string): FloatType {
  const table = initializers.get(producers.get(tensor)?.input[0] ?? '')
  const isDouble = tensors.get(tensor)?.type === 'float64' || table?.dataType === ELEMENT_TYPE.float64
  return isDouble ? 'float64' : 'float32'
}
