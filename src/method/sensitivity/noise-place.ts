import { zerosFloat32 } from '../../math/matrix.ts'
import type { OnnxModel } from '../../onnx/model.ts'
import type { NoiseInput } from '../../onnx/with-noise.ts'
import type { ExternalData, Runtime, Tensor } from '../../runtime/runtime.ts'
import { product } from '../network/input-shape.ts'
import type { NetworkShape } from '../network/network.ts'
import { findBatchAxis } from './find-batch-axis.ts'
import { batchAxis, copyMaps } from './map-shape.ts'
import { repeated } from './repeated.ts'
import { tensorValues } from './tensor-value.ts'

/** A tensor inside a network that noise is put on, at one input. */
export interface NoisePlace {
  /** What the tensor is there, without noise */
  readonly value: Float32Array
  /** Noise on each of its numbers, as the network takes it: the same for each of a batch that it fixes */
  readonly feed: (noise: Float64Array) => Tensor
}

/** @param model as it is without noise */
export async function noisePlace(
  runtime: Runtime,
  model: OnnxModel,
  shape: NetworkShape,
  externalData: readonly ExternalData[],
  { tensor, type }: NoiseInput,
  input: Float32Array,
): Promise<NoisePlace> {
  const batch = shape.batch ?? 1
  const inputs = [repeated(shape, input, batch)]
  const [{ dims, data }] = await tensorValues(runtime, model, externalData, tensor, inputs)
  const place = { tensor, sizes: dims }
  const axis = batch === 1 ? null : await findBatchAxis(runtime, model, shape, externalData, place)
  const cut = batchAxis(dims, axis)
  const value = zerosFloat32(1, product(cut.mapShape))
  copyMaps(data as Float32Array, cut, axis === null ? 1 : batch, value, 0, 1)
  const feed = (noise: Float64Array): Tensor => {
    const repeats = axis === null ? 1 : batch
    const spread = Float64Array.from({ length: noise.length * repeats }, (_, i) => {
      const outer = Math.floor(i / (repeats * cut.inner))
      return noise[outer * cut.inner + (i % cut.inner)]
    })
    return { type, dims, data: type === 'float64' ? spread : Float32Array.from(spread) }
  }
  return { value: value.data, feed }
}

/** No noise, wherever it is put. */
export const noNoise = ({ type }: NoiseInput): Tensor => ({
  type,
  dims: [1],
  data: type === 'float64' ? Float64Array.of(0) : Float32Array.of(0),
})
