import { pictureLayout } from '../../data/pictures.ts'
import { type Matrix, rowOf } from '../../math/matrix.ts'
import { SensitivityMaps } from '../../method/sensitivity/maps.ts'
import { type NoisePlace, noisePlace, noNoise } from '../../method/sensitivity/noise-place.ts'
import { type SmoothGrad, smoothGrad, withNoiseOn } from '../../method/sensitivity/smooth-grad.ts'
import { tensorValue } from '../../method/sensitivity/tensor-value.ts'
import { chooseTensor } from '../../onnx/choose-tensor.ts'
import { embeddingsOf } from '../../onnx/embedding.ts'
import { featureMaps } from '../../onnx/feature-maps.ts'
import { type OnnxModel, readModel } from '../../onnx/model.ts'
import { type NoiseInput, withNoise } from '../../onnx/with-noise.ts'
import { UserError } from '../../user-error.ts'
import type { Explainer } from '../explainer/explainer.ts'
import type { NetworkFile } from '../explainer/network.ts'
import { openRuntime } from '../machine/runtime.ts'
import type { MapMethod } from './map-method.ts'

/** What maps are made of. */
export interface MapMakerOptions {
  /** A tensor inside the network to differentiate by, by its name or its node's; the input unless told */
  readonly layer?: string | undefined
  /** Bytes that a run of the network may take beside its weights */
  readonly memory?: number | undefined
}

/** What is differentiated by: the network's input, the vectors of its tokens, or a tensor inside it. */
export type MapTarget = 'input' | 'tokens' | 'layer'

/** Makes maps of one explainer's network. */
export class MapMaker {
  /** The tensor differentiated by */
  readonly tensor: string
  readonly target: MapTarget
  /** Whether it lies over the input's picture [c, h, w], where the input is one */
  readonly isFeatureMap: boolean
  readonly #file: NetworkFile
  readonly #model: OnnxModel
  /** Of a text: inputs that the network has for noise on its embeddings */
  readonly #noises: readonly NoiseInput[]
  readonly #maps: SensitivityMaps

  private constructor(
    file: NetworkFile,
    model: OnnxModel,
    noises: readonly NoiseInput[],
    { tensor, target, isFeatureMap }: Pick<MapMaker, 'tensor' | 'target' | 'isFeatureMap'>,
    maps: SensitivityMaps,
  ) {
    this.tensor = tensor
    this.target = target
    this.isFeatureMap = isFeatureMap
    this.#file = file
    this.#model = model
    this.#noises = noises
    this.#maps = maps
  }

  /** Errors: UserError without a network, where gradients cannot pass it, and on tensors that it has not. */
  static async open(explainer: Explainer, { layer, memory }: MapMakerOptions = {}): Promise<MapMaker> {
    const file = await explainer.networkFile()
    const { bytes, shape, externalData } = file
    const model = readModel(bytes, shape.name)
    const { features } = shape.outputs
    const embeddings = embeddingsOf(model, shape.inputName, features)
    const from = embeddings.length > 0 ? embeddings : [shape.inputName]
    const tensor =
      layer === undefined ? onlyOne(model, from) : chooseTensor(model, { from, target: features }, layer)
    const target = !from.includes(tensor) ? 'layer' : embeddings.length > 0 ? 'tokens' : 'input'
    const isPicture = pictureLayout(shape.inputShape)?.channelsFirst === true
    const isFeatureMap = featureMaps(model, shape.inputName, isPicture).has(tensor)
    const noisy = embeddings.length > 0 ? withNoise(model, embeddings) : null
    const noises = noisy?.noises ?? []
    const used = noisy ? readModel(noisy.bytes, shape.name) : model
    const maps = await SensitivityMaps.load(openRuntime(), used, shape, {
      externalData,
      wrt: tensor,
      further: Object.fromEntries(noises.map(noise => [noise.name, noNoise(noise)])),
      ...(memory !== undefined && { memory }),
    })
    return new MapMaker(file, model, noises, { tensor, target, isFeatureMap }, maps)
  }

  /** Sizes of every map: those of the tensor without its batch. */
  get shape(): readonly number[] {
    return this.#maps.axis.mapShape
  }

  /** One map for each row of seeds [k, d], at one ready input: [k, size of a map]. */
  async at(
    ready: Float32Array,
    seeds: Matrix<Float32Array>,
    { smooth, timesInput }: MapMethod,
  ): Promise<Matrix<Float32Array>> {
    const maps = smooth ? await this.#smoothed(ready, seeds, smooth) : await this.#maps.at(ready, seeds)
    if (!timesInput) return maps
    const factor = await this.#valueAt(ready)
    for (let k = 0; k < maps.rows; k++) {
      const map = rowOf(maps, k)
      for (let i = 0; i < map.length; i++) map[i] *= factor[i]
    }
    return maps
  }

  release(): Promise<void> {
    return this.#maps.release()
  }

  /** With noise on the input, or of a text on what its embeddings give. */
  async #smoothed(
    ready: Float32Array,
    seeds: Matrix<Float32Array>,
    smooth: SmoothGrad,
  ): Promise<Matrix<Float32Array>> {
    if (this.#noises.length === 0) {
      return smoothGrad([ready], smooth, ([noise]) => this.#maps.at(withNoiseOn(ready, noise), seeds))
    }
    const { shape, externalData } = this.#file
    const places: NoisePlace[] = []
    for (const noise of this.#noises) {
      places.push(await noisePlace(openRuntime(), this.#model, shape, externalData, noise, ready))
    }
    const values = places.map(({ value }) => value)
    return smoothGrad(values, smooth, noises => {
      const fed = this.#noises.map(({ name }, k) => [name, places[k].feed(noises[k])] as const)
      return this.#maps.at(ready, seeds, Object.fromEntries(fed))
    })
  }

  /** What is differentiated by, at an input. */
  async #valueAt(ready: Float32Array): Promise<Float32Array> {
    if (this.target === 'input') return ready
    const { shape, externalData } = this.#file
    const place = { tensor: this.tensor, axis: this.#maps.axis }
    return tensorValue(openRuntime(), this.#model, shape, externalData, place, ready)
  }
}

/** What is differentiated by unless told. Errors: UserError where the tokens of a network have several kinds of vectors. */
function onlyOne({ name }: OnnxModel, from: readonly string[]): string {
  if (from.length === 1) return from[0]
  throw new UserError('usage', `${name}: embeddings ${from.join(', ')}, expected one of them as --layer`)
}
