import { preprocessedRows } from '../../data/preprocess.ts'
import type { NdArray } from '../../formats/ndarray.ts'
import { rowOf } from '../../math/matrix.ts'
import { product } from '../../method/network/input-shape.ts'
import { Network, type NetworkShape } from '../../method/network/network.ts'
import type { ExternalData, Runtime } from '../../runtime/runtime.ts'
import type { Manifest } from '../../store/manifest.ts'
import type { ExplainerReader } from '../../store/read.node.ts'
import { UserError } from '../../user-error.ts'
import { expectNetwork } from './expect-network.ts'
import { MODEL_FOLDER } from './files.node.ts'

/** One example's numbers, in the order of the training data. */
export type NetworkInput = Uint8Array | Uint8ClampedArray | Float32Array

/** Whether numbers are as the training data held them, to be pre-processed, or ready for the network. */
export type InputKind = 'as-training' | 'ready'

/** The network that an explainer keeps, with the pre-processing that its training examples had. */
export class ExplainerNetwork {
  readonly #network: Network
  readonly #manifest: NonNullable<Manifest['network']>

  private constructor(network: Network, manifest: NonNullable<Manifest['network']>) {
    this.#network = network
    this.#manifest = manifest
  }

  /** Errors: UserError `not-found` where the explainer was made from arrays. */
  static async load(reader: ExplainerReader, runtime: Runtime): Promise<ExplainerNetwork> {
    const { bytes, shape, externalData } = await readNetworkFile(reader)
    return new ExplainerNetwork(
      await Network.load(runtime, bytes, shape, externalData),
      expectNetwork(reader.manifest, reader.directory),
    )
  }

  /** Features [d] and logits [c] of one input. `name` is what messages call it. */
  async run(
    input: NetworkInput,
    name: string,
    kind: InputKind,
  ): Promise<{ features: Float32Array; logits: Float32Array }> {
    const ready = await readyInput(this.#manifest, input, name, kind)
    const { features, logits } = await this.#network.run({ rows: 1, cols: ready.length, data: ready })
    return { features: rowOf(features, 0), logits: rowOf(logits, 0) }
  }

  release(): Promise<void> {
    return this.#network.release()
  }
}

/** The network that an explainer keeps, as it stands on disk. */
export interface NetworkFile {
  readonly bytes: Uint8Array
  readonly shape: NetworkShape
  readonly externalData: readonly ExternalData[]
}

/** Errors: UserError `not-found` where the explainer was made from arrays. */
export async function readNetworkFile(reader: ExplainerReader): Promise<NetworkFile> {
  const { d, c } = reader.manifest
  const { externalFiles, inputName, inputType, inputShape, batch, outputs, file } = expectNetwork(
    reader.manifest,
    reader.directory,
  )
  const externalData = await Promise.all(
    externalFiles.map(async path => ({ path, data: await reader.bytes(`${MODEL_FOLDER}${path}`) })),
  )
  const type = inputType === undefined ? {} : { inputType }
  const shape = { name: file, inputName, ...type, inputShape, batch, outputs, d, c }
  return { bytes: await reader.bytes(file), shape, externalData }
}

/** Numbers as the network takes them. Errors: UserError where they do not fit; `name` is what messages call them. */
export async function readyInput(
  { itemShape, dtype, preprocess }: NonNullable<Manifest['network']>,
  input: NetworkInput,
  name: string,
  kind: InputKind,
): Promise<Float32Array> {
  const size = product(itemShape)
  if (input.length !== size) {
    throw new UserError('shape', `${name}: expected [${itemShape.join(', ')}], got ${input.length} numbers`)
  }
  if (!(input instanceof Float32Array) && dtype !== 'uint8') {
    throw new UserError(
      'value',
      `${name}: bytes, expected ready inputs as in training (${dtype}), give them as an array with --raw`,
    )
  }
  const array: NdArray = {
    dtype: 'float32',
    shape: [1, ...itemShape],
    data: input instanceof Uint8ClampedArray ? Uint8Array.from(input) : input,
  }
  const asIs = { scale: 1, mean: [0], std: [1] }
  const rows = preprocessedRows(array, kind === 'ready' ? asIs : preprocess, name)
  return rowOf(await rows.fetch([0]), 0)
}
