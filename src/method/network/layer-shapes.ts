import { exposeTensors, unusedPrefix } from '../../onnx/expose.ts'
import type { RefusedHead } from '../../onnx/head.ts'
import type { FoundLayers, Layer } from '../../onnx/layers.ts'
import type { OnnxModel } from '../../onnx/model.ts'
import { batchOf, vectorsOf, whyNotOne } from '../../onnx/one-vector.ts'
import type { ExternalData, Runtime, Tensor } from '../../runtime/runtime.ts'
import { UserError } from '../../user-error.ts'
import { inputShapeFor, product } from './input-shape.ts'
import { inputTensor } from './input-tensor.ts'
import { trialInputs } from './trial-inputs.ts'

export interface CheckedLayers extends FoundLayers {
  /** Why the sizes could not be seen by running the model, in which case only the file was asked. */
  readonly notVerified: string | null
}

/** A batch that few axes of other things have as their size. */
const BATCH = 3

/**
 * Runs the model once on a few random inputs, and refuses the layers that do not work on one vector an
 * example: those over positions or tokens, whose number the file left out.
 */
export async function checkLayers(
  runtime: Runtime,
  model: OnnxModel,
  externalData: readonly ExternalData[],
  { layers, refused }: FoundLayers,
): Promise<CheckedLayers> {
  if (layers.length === 0) return { layers, refused, notVerified: null }
  try {
    const { sizes, batch } = await sizesOf(runtime, model, externalData, layers)
    const reason = ({ features, logits, form, c }: Layer): string | null => {
      const [given, gives] = [sizes.get(features) ?? [], sizes.get(logits) ?? []]
      const shown = (of: readonly number[]) =>
        of.map((size, axis) => (axis === 0 && size === batch ? null : size))
      const vectors = vectorsOf(form, given, batch)
      if (vectors === 'many' || vectors === 'fewer') return whyNotOne(vectors, shown(given))
      return product(gives) === batch * c ? null : whyNotOne('many', shown(gives))
    }
    return { ...sorted(layers, refused, reason), notVerified: null }
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    const reason = ({ features, form }: Layer): string | null => {
      const given = model.tensors.get(features)?.shape
      return given && vectorsOf(form, given, batchOf(model)) === 'unknown' ? whyNotOne('many', given) : null
    }
    return { ...sorted(layers, refused, reason), notVerified: error.message }
  }
}

function sorted(
  layers: readonly Layer[],
  refused: readonly RefusedHead[],
  whyNot: (layer: Layer) => string | null,
): FoundLayers {
  const reasons = layers.map(whyNot)
  const further = layers.flatMap(({ layer, op }, i) => {
    const reason = reasons[i]
    return reason === null ? [] : [{ layer, op, reason }]
  })
  return { layers: layers.filter((_, i) => reasons[i] === null), refused: [...refused, ...further] }
}

/** The sizes of what every layer is given and gives, for a batch of random inputs. */
async function sizesOf(
  runtime: Runtime,
  model: OnnxModel,
  externalData: readonly ExternalData[],
  layers: readonly Layer[],
): Promise<{ sizes: Map<string, readonly number[]>; batch: number }> {
  const { input, inputShape, batch: fixed } = inputShapeFor(model, null)
  const batch = fixed ?? BATCH
  const { data } = trialInputs(batch, product(inputShape), model.name, input.type)
  const inputs = { [input.name]: inputTensor(input.type, data, [batch, ...inputShape], model.name) }
  const tensors = [...new Set(layers.flatMap(({ features, logits }) => [features, logits]))]
  const prefix = unusedPrefix(model, 'sizes/')
  const outputs = new Map(tensors.map((tensor, i) => [tensor, `${prefix}${i}`]))
  const bytes = exposeTensors(
    model,
    Object.fromEntries([...outputs].map(([tensor, output]) => [output, { tensor, form: 'sizes' as const }])),
  )
  const answer = await runOnce(runtime, model.name, bytes, externalData, inputs, [...outputs.values()])
  const sizes = new Map(
    [...outputs].map(([tensor, output]) => [tensor, Array.from(answer[output].data, Number)]),
  )
  return { sizes, batch }
}

async function runOnce(
  runtime: Runtime,
  name: string,
  bytes: Uint8Array,
  externalData: readonly ExternalData[],
  inputs: Readonly<Record<string, Tensor>>,
  outputs: readonly string[],
): Promise<Record<string, Tensor>> {
  try {
    const session = await runtime.load(bytes, externalData)
    try {
      return await session.run(inputs, outputs)
    } finally {
      await session.release()
    }
  } catch (cause) {
    const words = String((cause as Error).message ?? cause).split('\n')[0]
    throw new UserError('model', `${name}: ONNX Runtime cannot run it: ${words}`, { cause })
  }
}
