import type { Matrix } from '../../math/matrix.ts'
import { zerosFloat32 } from '../../math/matrix.ts'
import type { OnnxModel } from '../../onnx/model.ts'
import type { ExternalData, Runtime } from '../../runtime/runtime.ts'
import { product } from '../network/input-shape.ts'
import type { NetworkShape } from '../network/network.ts'
import { Gradients } from './gradients.ts'
import type { Inputs } from './probe.ts'

/** How many maps are made at once, so that what is kept of the network for each fills no memory. */
const AT_ONCE = 32

/**
 * The sensitivity of a network's features f to its input x:
 *
 *   map(v) = (∂f / ∂x)ᵀ v = ∂⟨v, f⟩ / ∂x       of the input's shape
 *
 * With v = Θ_j it is the map of a logit, and since Θ_j is a sum over training examples, so is the map (method.md §5.5).
 */
export class SensitivityMaps {
  readonly #gradients: Gradients
  readonly #shape: NetworkShape

  private constructor(gradients: Gradients, shape: NetworkShape) {
    this.#gradients = gradients
    this.#shape = shape
  }

  /** Errors: UserError where gradients cannot pass the network. */
  static async load(
    runtime: Runtime,
    model: OnnxModel,
    shape: NetworkShape,
    externalData: readonly ExternalData[],
  ): Promise<SensitivityMaps> {
    const gradients = await Gradients.load(runtime, model, {
      target: shape.outputs.features,
      wrt: [shape.inputName],
      externalData,
      inputs: batch => repeated(shape, new Float32Array(product(shape.inputShape)), batch),
      fixed: shape.batch,
    })
    return new SensitivityMaps(gradients, shape)
  }

  /**
   * One map for each row of seeds [k, d], at one ready input: [k, size of an input]. The network runs forward once for
   * all of them wherever it can be given one input and many seeds.
   */
  async at(input: Float32Array, seeds: Matrix<Float32Array>): Promise<Matrix<Float32Array>> {
    const { batch, d } = this.#shape
    const { isFree } = this.#gradients
    const size = product(this.#shape.inputShape)
    const maps = zerosFloat32(seeds.rows, size)
    const inputs = repeated(this.#shape, input, isFree ? 1 : (batch ?? 1))
    const atOnce = isFree ? AT_ONCE : (batch ?? 1)
    for (let start = 0; start < seeds.rows; start += atOnce) {
      const count = Math.min(atOnce, seeds.rows - start)
      // A batch that is fixed is filled up with zeros.
      const rows = isFree ? count : atOnce
      const seed = new Float32Array(rows * d)
      seed.set(seeds.data.subarray(start * d, (start + count) * d))
      const [gradient] = await this.#gradients.run(inputs, seed, this.#seedSizes(rows))
      maps.data.set((gradient.data as Float32Array).subarray(0, count * size), start * size)
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

/** One input, as often as asked for. */
function repeated({ inputName, inputShape }: NetworkShape, input: Float32Array, batch: number): Inputs {
  const data = new Float32Array(batch * input.length)
  for (let i = 0; i < batch; i++) data.set(input, i * input.length)
  return { [inputName]: { type: 'float32', dims: [batch, ...inputShape], data } }
}
