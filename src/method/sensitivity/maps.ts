import type { Matrix } from '../../math/matrix.ts'
import { zerosFloat32 } from '../../math/matrix.ts'
import type { Sizes } from '../../onnx/adjoint/emitter.ts'
import type { OnnxModel } from '../../onnx/model.ts'
import type { ExternalData, Runtime } from '../../runtime/runtime.ts'
import { UserError } from '../../user-error.ts'
import { product } from '../network/input-shape.ts'
import type { NetworkShape } from '../network/network.ts'
import { findBatchAxis } from './find-batch-axis.ts'
import { Gradients } from './gradients.ts'
import { type BatchAxis, batchAxis, copyMaps } from './map-shape.ts'
import type { Inputs } from './probe.ts'
import { repeated } from './repeated.ts'

/** How many maps are made at once at most: more are no faster. */
const AT_ONCE = 32

/** What one run may take where nothing is told; a single map may take more. */
const MEMORY = 2 ** 31

/** What maps are made of, and with how much memory. */
export interface MapsOptions {
  readonly externalData?: readonly ExternalData[]
  /** The tensor differentiated by; the network's input unless told */
  readonly wrt?: string
  /** Bytes that one run may take beside the weights; 2 GiB unless told, and then more for a single map */
  readonly memory?: number
  /** What the network is given beside its input, unless `at` is told */
  readonly further?: Inputs
}

/**
 * The sensitivity of a network's features f to its input, or to any tensor w between the two:
 *
 *   map(v) = (∂f / ∂w)ᵀ v = ∂⟨v, f⟩ / ∂w       of w's shape
 *
 * With v = Θ_j it is the map of a logit, and since Θ_j is a sum over training examples, so is the map (method.md §5.5).
 */
export class SensitivityMaps {
  /** How many maps one run makes. */
  readonly atOnce: number
  readonly #gradients: Gradients
  readonly #shape: NetworkShape
  readonly #further: Inputs
  /** Of the tensor differentiated by: maps have its shape */
  readonly axis: BatchAxis

  private constructor(
    gradients: Gradients,
    shape: NetworkShape,
    further: Inputs,
    { axis, atOnce }: Pick<SensitivityMaps, 'axis' | 'atOnce'>,
  ) {
    this.#gradients = gradients
    this.#shape = shape
    this.#further = further
    this.axis = axis
    this.atOnce = atOnce
  }

  /** Errors: UserError where gradients cannot pass the network, and where memory does not suffice for one map. */
  static async load(
    runtime: Runtime,
    model: OnnxModel,
    shape: NetworkShape,
    { externalData = [], wrt = shape.inputName, memory, further = {} }: MapsOptions = {},
  ): Promise<SensitivityMaps> {
    const gradients = await Gradients.load(runtime, model, {
      target: shape.outputs.features,
      wrt: [wrt],
      externalData,
      inputs: batch => ({
        ...repeated(shape, new Float32Array(product(shape.inputShape)), batch),
        ...further,
      }),
      fixed: shape.batch,
    })
    try {
      const atOnce = mapsAtOnce(gradients, shape, memory)
      const [sizes] = gradients.wrtSizes
      const axis = await axisOf(sizes, gradients.isFree ? null : (shape.batch ?? 1), sizes =>
        wrt === shape.inputName
          ? 0
          : findBatchAxis(runtime, model, shape, externalData, { tensor: wrt, sizes, further }),
      )
      return new SensitivityMaps(gradients, shape, further, { axis: batchAxis(sizes, axis), atOnce })
    } catch (error) {
      await gradients.release()
      throw error
    }
  }

  /**
   * One map for each row of seeds [k, d], at one ready input: [k, size of a map]. The network runs forward once for
   * as many of them as memory allows, wherever it can be given one input and many seeds.
   *
   * @param further what the network is given beside the input
   */
  async at(
    input: Float32Array,
    seeds: Matrix<Float32Array>,
    further = this.#further,
  ): Promise<Matrix<Float32Array>> {
    const { batch, d } = this.#shape
    const { isFree } = this.#gradients
    const maps = zerosFloat32(seeds.rows, product(this.axis.mapShape))
    const inputs = { ...repeated(this.#shape, input, isFree ? 1 : (batch ?? 1)), ...further }
    for (let start = 0; start < seeds.rows; start += this.atOnce) {
      const count = Math.min(this.atOnce, seeds.rows - start)
      // A batch that is fixed is filled up with zeros.
      const rows = isFree ? count : this.atOnce
      const seed = new Float32Array(rows * d)
      seed.set(seeds.data.subarray(start * d, (start + count) * d))
      const [gradient] = await this.#gradients.run(inputs, seed, this.#seedSizes(rows))
      copyMaps(gradient.data as Float32Array, this.axis, rows, maps, start, count)
    }
    return maps
  }

  release(): Promise<void> {
    return this.#gradients.release()
  }

  #seedSizes(rows: number): number[] {
    return this.#gradients.targetSizes.map(size => size ?? rows)
  }
}

/** Errors: UserError where one map takes more than there is. */
function mapsAtOnce(
  { isFree, takes }: Gradients,
  { batch, name }: NetworkShape,
  memory: number | undefined,
): number {
  const least = takes.forward + takes.adjoint
  if (memory !== undefined && memory < least) {
    throw new UserError(
      'usage',
      `memory: ${memory} bytes, ${name} takes ${least} for one map, expected that much or more`,
    )
  }
  if (!isFree) return batch ?? 1
  return Math.max(1, Math.min(AT_ONCE, Math.floor(((memory ?? MEMORY) - takes.forward) / takes.adjoint)))
}

/**
 * The batch's axis; null where a tensor of a single input has none. One of size 1 is as good as any other.
 *
 * @param batch what tensors were made for; null where sizes say which axis it is
 */
async function axisOf(
  sizes: Sizes,
  batch: number | null,
  find: (sizes: readonly number[]) => Promise<number> | number,
): Promise<number | null> {
  if (batch === null) return sizes.indexOf(null)
  if (batch === 1) return sizes[0] === 1 ? 0 : null
  return find(sizes.map(size => size ?? 1))
}
