import { zerosFloat32 } from '../../math/matrix.ts'
import { exposeTensors, unusedName } from '../../onnx/expose.ts'
import type { OnnxModel } from '../../onnx/model.ts'
import type { ExternalData, Runtime, Tensor } from '../../runtime/runtime.ts'
import { product } from '../network/input-shape.ts'
import type { NetworkShape } from '../network/network.ts'
import { type BatchAxis, copyMaps } from './map-shape.ts'
import type { Inputs } from './probe.ts'
import { repeated } from './repeated.ts'
import { loadModel, runModel } from './run.ts'

/** Where a tensor stands in a network, and how its maps are cut out of a batch. */
export interface TensorPlace {
  readonly tensor: string
  readonly axis: BatchAxis
}

/** What a tensor inside the network is at one ready input, in the shape of its maps. */
export async function tensorValue(
  runtime: Runtime,
  model: OnnxModel,
  shape: NetworkShape,
  externalData: readonly ExternalData[],
  { tensor, axis }: TensorPlace,
  input: Float32Array,
): Promise<Float32Array> {
  const batch = shape.batch ?? 1
  const inputs = [repeated(shape, input, batch)]
  const [value] = await tensorValues(runtime, model, externalData, tensor, inputs)
  const cut = zerosFloat32(1, product(axis.mapShape))
  copyMaps(value.data as Float32Array, axis, batch, cut, 0, 1)
  return cut.data
}

/** What a tensor inside the network is for each of some batches. */
export async function tensorValues(
  runtime: Runtime,
  model: OnnxModel,
  externalData: readonly ExternalData[],
  tensor: string,
  batches: readonly Inputs[],
): Promise<Tensor[]> {
  const output = unusedName(model, 'value')
  const bytes = exposeTensors(model, { [output]: { tensor, form: 'rows' } })
  const session = await loadModel(runtime, model.name, bytes, externalData)
  try {
    const values: Tensor[] = []
    for (const inputs of batches) {
      const answer = await runModel(session, model.name, inputs, [output])
      values.push(answer[output])
    }
    return values
  } finally {
    await session.release()
  }
}
