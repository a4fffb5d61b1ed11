import { type FloatArray, type Matrix, zerosFloat32 } from '../../math/matrix.ts'
import type { Rows } from '../../math/rows.ts'
import { exposeTensors, unusedName } from '../../onnx/expose.ts'
import type { LinearPlace } from '../../onnx/heads/linear.ts'
import type { OnnxModel } from '../../onnx/model.ts'
import { firstLine } from '../../runtime/first-line.ts'
import type { ExternalData, LoadOptions, Runtime, Session } from '../../runtime/runtime.ts'
import { UserError } from '../../user-error.ts'
import { type BatchSizes, batchSizes, FastestBatch } from './batch-size.ts'
import { product } from './input-shape.ts'
import { type InputType, inputTensor } from './input-tensor.ts'

/** What the network gives for a batch. */
export interface NetworkOutputs {
  /** [n, d], what enters the head */
  readonly features: Matrix<Float32Array>
  /** [n, c], before any activation */
  readonly logits: Matrix<Float32Array>
}

/** What the network gives, beside the model's own output after its activation. */
export interface CheckedOutputs extends NetworkOutputs {
  /** [n, c]; null where the output is of another type or size */
  readonly output: Matrix | null
}

/** The names under which an exposed copy of a model gives features and logits. */
export interface ExposedNames {
  readonly features: string
  readonly logits: string
}

/**
 * A copy of the model that gives the head's features and logits beside its own outputs.
 *
 * @param declared sizes to declare these outputs with; undeclared without
 */
export function exposeHead(
  model: OnnxModel,
  head: LinearPlace,
  declared?: { readonly d: number; readonly c: number },
): { bytes: Uint8Array; names: ExposedNames } {
  const names = { features: unusedName(model, 'features'), logits: unusedName(model, 'head_logits') }
  const cols = (count: number | undefined) => (count === undefined ? {} : { cols: count })
  return {
    bytes: exposeTensors(model, {
      [names.features]: { tensor: head.features, form: head.form, ...cols(declared?.d) },
      [names.logits]: {
        tensor: head.logits,
        form: head.form === 'rows' ? 'rows' : 'flat',
        ...cols(declared?.c),
      },
    }),
    names,
  }
}

/** How a network is read, found by `describeNetwork` or kept in an explainer. */
export interface NetworkShape {
  readonly name: string
  readonly inputName: string
  /** float32 unless told. */
  readonly inputType?: InputType
  /** Sizes of one input, without the batch axis. */
  readonly inputShape: readonly number[]
  /** The batch that the file fixes; null where any will do. */
  readonly batch: number | null
  readonly outputs: ExposedNames
  readonly d: number
  readonly c: number
}

export interface RunAllOptions {
  readonly from?: number
  readonly signal?: AbortSignal | undefined
}

/** The network in front of the head, ready to turn inputs into features. */
export class Network {
  readonly shape: NetworkShape
  readonly #session: Session
  /** Whether rows come out the same whatever their batch: not until that was seen. */
  #isFree = false

  private constructor(shape: NetworkShape, session: Session) {
    this.shape = shape
    this.#session = session
  }

  static async load(
    runtime: Runtime,
    bytes: Uint8Array,
    shape: NetworkShape,
    externalData: readonly ExternalData[],
    options: LoadOptions = {},
  ): Promise<Network> {
    try {
      return new Network(shape, await runtime.load(bytes, externalData, options))
    } catch (error) {
      throw new UserError('model', `${shape.name}: ONNX Runtime cannot load it: ${firstLine(error)}`, {
        cause: error,
      })
    }
  }

  /**
   * Runs rows of ready inputs [m, size of one input] in batches of `size`, the last one filled up with zeros:
   * without, in the batches that the model fixes, or all at once. Errors: UserError where the model refuses them.
   */
  async run(
    inputs: Matrix<Float32Array>,
    size = this.shape.batch ?? Math.max(1, inputs.rows),
  ): Promise<NetworkOutputs> {
    const { d, c } = this.shape
    const features = zerosFloat32(inputs.rows, d)
    const logits = zerosFloat32(inputs.rows, c)
    for (let start = 0; start < inputs.rows; start += size) {
      const count = Math.min(size, inputs.rows - start)
      const answer = await this.#runBatch(
        inputs.data.subarray(start * inputs.cols, (start + count) * inputs.cols),
        size,
      )
      features.data.set(answer.features.subarray(0, count * d), start * d)
      logits.data.set(answer.logits.subarray(0, count * c), start * c)
    }
    return { features, logits }
  }

  /** As `run`, for as many rows as one batch takes, with what the model itself gives: to check a head by. */
  async runChecked(inputs: Matrix<Float32Array>, modelOutput: string | null): Promise<CheckedOutputs> {
    const size = this.shape.batch ?? Math.max(1, inputs.rows)
    const rows = Math.min(size, inputs.rows)
    const data = inputs.data.subarray(0, rows * inputs.cols)
    const { features, logits, output } = await this.#runBatch(data, size, modelOutput)
    const { d, c } = this.shape
    return {
      features: { rows, cols: d, data: features.subarray(0, rows * d) },
      logits: { rows, cols: c, data: logits.subarray(0, rows * c) },
      output: output && { rows, cols: c, data: output.slice(0, rows * c) },
    }
  }

  /**
   * Sees whether rows come out the same to the last bit in smaller batches, and if so, lets `runAll` choose
   * their size: ONNX Runtime has other kernels for other sizes now and then.
   *
   * @param together what the network gave for all of these inputs at once
   */
  async compareBatches(inputs: Matrix<Float32Array>, together: NetworkOutputs): Promise<void> {
    const { step } = batchSizes(inputs.cols, this.shape.batch, true)
    if (this.shape.batch !== null || inputs.rows < 2 * step) return
    const { features, logits } = await this.run(rowsOf(inputs, 0, step))
    const isSame = (part: Float32Array, whole: Float32Array) => part.every((x, i) => Object.is(x, whole[i]))
    this.#isFree = isSame(features.data, together.features.data) && isSame(logits.data, together.logits.data)
  }

  /** How many of these rows are held at once, and of how many every batch is a multiple. */
  #sizesFor({ cols }: Rows): BatchSizes {
    return batchSizes(cols, this.shape.batch, this.#isFree)
  }

  /** Every batch of these rows ends at a multiple of so many rows, or at their end. */
  batchOf(rows: Rows): number {
    return this.#sizesFor(rows).step
  }

  /**
   * Features and logits of every row, or of those from row `from` on, a multiple of `batchOf`. What is found is
   * handed on after each batch, and waited for.
   *
   * Where the size of batches makes no difference to what comes out, down to the last bit, it is the one that
   * is measured to be the fastest: what is measured decides about time only. Elsewhere it follows from the
   * model and the size of its inputs. Either way the same rows give the same numbers again, wherever a run
   * begins.
   */
  async runAll(
    inputs: Rows,
    onOutputs: (outputs: NetworkOutputs, start: number) => void | Promise<void>,
    { from = 0, signal }: RunAllOptions = {},
  ): Promise<void> {
    if (from === inputs.rows) return
    const { step, most } = this.#sizesFor(inputs)
    const fastest = new FastestBatch({ step, most })
    for await (const { start, matrix } of inputs.blocks(most, from)) {
      const { size } = fastest
      let milliseconds = 0
      // Rows that cannot begin in the middle are read from their beginning.
      for (let row = Math.max(start, from); row < start + matrix.rows; row += size) {
        signal?.throwIfAborted()
        const batch = rowsOf(matrix, row - start, size)
        const began = performance.now()
        const outputs = await this.run(batch, this.#isFree ? Math.ceil(batch.rows / step) * step : undefined)
        milliseconds += performance.now() - began
        await onOutputs(outputs, row)
      }
      if (matrix.rows === most && start >= from) fastest.took(milliseconds)
    }
  }

  release(): Promise<void> {
    return this.#session.release()
  }

  /** One run of exactly `size` inputs; a fixed batch is filled up with zeros. */
  async #runBatch(
    data: Float32Array,
    size: number,
    modelOutput: string | null = null,
  ): Promise<{ features: Float32Array; logits: Float32Array; output: FloatArray | null }> {
    const { inputName, inputType = 'float32', inputShape, outputs, d, c, name } = this.shape
    const numbers = size * product(inputShape)
    const padded = data.length === numbers ? data : new Float32Array(numbers)
    if (padded !== data) padded.set(data)
    const inputs = { [inputName]: inputTensor(inputType, padded, [size, ...inputShape], name) }
    try {
      const names = [outputs.features, outputs.logits, ...(modelOutput === null ? [] : [modelOutput])]
      const answer = await this.#session.run(inputs, names)
      const output = modelOutput === null ? null : answer[modelOutput].data
      return {
        features: expectSize(answer[outputs.features], size * d, `${name}: features`),
        logits: expectSize(answer[outputs.logits], size * c, `${name}: logits`),
        output: isFloats(output) && output.length === size * c ? output : null,
      }
    } catch (error) {
      if (error instanceof UserError) throw error
      throw new UserError('model', `${name}: ONNX Runtime cannot run it: ${firstLine(error)}`, {
        cause: error,
      })
    }
  }
}

/** Rows `start` to `start + count` of a matrix, or to its end; a view. */
function rowsOf(
  { rows, cols, data }: Matrix<Float32Array>,
  start: number,
  count: number,
): Matrix<Float32Array> {
  const end = Math.min(rows, start + count)
  return { rows: end - start, cols, data: data.subarray(start * cols, end * cols) }
}

const isFloats = (data: unknown): data is FloatArray =>
  data instanceof Float32Array || data instanceof Float64Array

function expectSize(
  { data, dims }: { data: unknown; dims: readonly number[] },
  size: number,
  subject: string,
): Float32Array {
  if (data instanceof Float32Array && data.length === size) return data
  throw new UserError(
    'model',
    `${subject}: the layer gives [${dims.join(', ')}] for a batch, expected ${size} float32 numbers, one vector an ` +
      'example; layers over positions or tokens cannot be explained',
  )
}
