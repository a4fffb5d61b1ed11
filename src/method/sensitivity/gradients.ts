import { adjointModel } from '../../onnx/adjoint/adjoint.ts'
import type { FloatType, Sizes } from '../../onnx/adjoint/emitter.ts'
import { type Differentiated, findPath } from '../../onnx/adjoint/path.ts'
import type { OnnxModel } from '../../onnx/model.ts'
import type { ExternalData, Runtime, Session, Tensor } from '../../runtime/runtime.ts'
import { compareOnce, toleranceOf } from './compare-once.ts'
import { type Inputs, probe } from './probe.ts'
import { loadModel, runModel } from './run.ts'
import { type RunBytes, runBytes } from './run-bytes.ts'

export interface GradientsOptions extends Differentiated {
  readonly externalData?: readonly ExternalData[]
  /** As many inputs as asked for, of the sizes that they will have. */
  readonly inputs: (batch: number) => Inputs
  /** The batch that the model fixes; null where any will do. */
  readonly fixed: number | null
}

/** Vector-Jacobian products of a model, ready to be computed. */
export class Gradients {
  /** Whether one input may be given with many seeds. */
  readonly isFree: boolean
  /** Of the target, for one input or the batch that the model fixes; null for the batch's. */
  readonly targetSizes: Sizes
  /** Of the tensors differentiated by, in their order. */
  readonly wrtSizes: readonly Sizes[]
  /** What one run takes. */
  readonly takes: RunBytes
  readonly #name: string
  readonly #session: Session
  readonly #seed: { readonly name: string; readonly type: FloatType }
  readonly #outputs: readonly string[]

  private constructor(session: Session, known: Known) {
    this.#session = session
    this.isFree = known.isFree
    this.targetSizes = known.targetSizes
    this.wrtSizes = known.wrtSizes
    this.takes = known.takes
    this.#name = known.name
    this.#seed = known.seed
    this.#outputs = known.gradients
  }

  /** Errors: UserError where gradients cannot pass the model, or ONNX Runtime cannot run it. */
  static async load(runtime: Runtime, model: OnnxModel, options: GradientsOptions): Promise<Gradients> {
    const { externalData = [], target } = options
    const path = findPath(model, options)
    const { isFree, ...probed } = await probe(runtime, model, path, externalData, options)
    const isDevice = runtime.device !== 'cpu'
    const { bytes, holds, ...adjoint } = adjointModel(model, path, probed, { isPortable: isDevice })
    const tolerances = toleranceOf(adjoint)
    const session = await loadModel(runtime, model.name, bytes, externalData, { tolerances })
    const [targetSizes, ...wrtSizes] = [target, ...path.wrt].map(tensor => probed.sizes.get(tensor) ?? [])
    // Graphics processors compute in single precision, and others fail here in their own words.
    if (isDevice) {
      const inputs = options.inputs(options.fixed ?? 1)
      await compareOnce(session, model.name, adjoint, { inputs, targetSizes })
    }
    const takes = runBytes(model, probed.sizes, path, holds)
    return new Gradients(session, { isFree, targetSizes, wrtSizes, takes, name: model.name, ...adjoint })
  }

  /**
   * (∂ target / ∂ w)ᵀ seed for every w.
   *
   * @param dims sizes of the seed: those of the target, or with any batch where the target's is 1 and `isFree`
   */
  async run(inputs: Inputs, seed: Float32Array | Float64Array, dims: readonly number[]): Promise<Tensor[]> {
    const feeds = { ...inputs, [this.#seed.name]: { type: this.#seed.type, dims, data: seed } }
    const answer = await runModel(this.#session, this.#name, feeds, this.#outputs)
    return this.#outputs.map(output => answer[output])
  }

  release(): Promise<void> {
    return this.#session.release()
  }
}

interface Known {
  readonly isFree: boolean
  readonly targetSizes: Sizes
  readonly wrtSizes: readonly Sizes[]
  readonly takes: RunBytes
  readonly name: string
  readonly seed: { readonly name: string; readonly type: FloatType }
  readonly gradients: readonly string[]
}
