import { dirname, resolve } from 'node:path'
import { headNetwork } from '../../method/network/head-network.ts'
import { product } from '../../method/network/input-shape.ts'
import { checkLayers } from '../../method/network/layer-shapes.ts'
import { Network } from '../../method/network/network.ts'
import { trialInputs } from '../../method/network/trial-inputs.ts'
import { type HeadCheck, verifyModel } from '../../method/network/verify-head.ts'
import type { Activation } from '../../onnx/activation.ts'
import { findHeads, type Head, type OutputActivation, type RefusedHead } from '../../onnx/head.ts'
import { findLayers, type Layer } from '../../onnx/layers.ts'
import type { OnnxModel, TensorInfo } from '../../onnx/model.ts'
import type { Runtime } from '../../runtime/runtime.ts'
import { isThere, writeFileWhole } from '../../store/write.node.ts'
import { UserError } from '../../user-error.ts'
import { openRuntime } from '../machine/runtime.ts'
import { exposeHeadOf } from './expose-features.ts'
import { type ModelFile, readModelFile } from './model-file.node.ts'
import { noHead } from './no-head.ts'

export interface InspectOptions {
  readonly model: string
  /** Where to write a copy of the model that gives the features and logits too. */
  readonly expose?: string
}

export interface InspectedHead {
  readonly layer: string
  readonly op: Head['op']
  readonly output: string
  readonly activation: OutputActivation
  readonly d: number
  readonly c: number
  readonly bias: boolean
  /** Whether the features are the mean, over all positions, of what a convolution is given. */
  readonly pooled: boolean
}

export interface InspectedLayer {
  readonly layer: string
  readonly op: Layer['op']
  /** The tensor that it gives, which names the layer as well. */
  readonly output: string
  /** σ, where the network goes on with σ(features · weight + bias). */
  readonly activation: Activation
  readonly d: number
  readonly c: number
  readonly bias: boolean
  readonly pooled: boolean
  readonly isHead: boolean
  readonly note: string | null
}

export interface InspectAnswer {
  readonly schemaVersion: 1
  readonly model: string
  readonly producer: string
  readonly opset: number
  readonly inputs: readonly TensorInfo[]
  readonly outputs: readonly TensorInfo[]
  /** The layer that `fit` explains; null where there is none. */
  readonly head: InspectedHead | null
  /**
   * features · weight + bias against the model's own logits, on random inputs; null where the model could
   * not be run without data, with the reason in `notVerified`.
   */
  readonly verified: HeadCheck | null
  readonly notVerified: string | null
  /** Other heads of a model with several outputs. */
  readonly others: readonly InspectedHead[]
  readonly refused: readonly RefusedHead[]
  /** Every layer that can be explained, the heads among them, in the order of the graph. */
  readonly layers: readonly InspectedLayer[]
  /** Why the layers could not be tried on random inputs, and only the file was asked; null where they were. */
  readonly layersNotVerified: string | null
  /** Every other layer, and why it cannot. */
  readonly refusedLayers: readonly RefusedHead[]
  /** The copy that was written, and what its outputs for the features and the logits are called. */
  readonly exposed: { readonly file: string; readonly output: string; readonly logits: string } | null
}

/** What a model takes and gives, which layer of it can be explained, and why others cannot. */
export async function inspect({ model: path, expose }: InspectOptions): Promise<InspectAnswer> {
  const file = await readModelFile(path)
  const { model } = file
  const { heads, refused } = await findHeads(model, file.readExternal)
  const [head, ...others] = heads
  const runtime = openRuntime()
  const check = head ? await tryHead(runtime, file, head) : null
  const found = await findLayers(model, file.readExternal)
  const checked = await checkLayers(runtime, model, file.externalData, found)
  if (expose !== undefined && !head) throw noHead(model.name, refused)
  return {
    schemaVersion: 1,
    model: path,
    producer: model.producer,
    opset: model.opset,
    inputs: model.inputs,
    outputs: model.outputs,
    head: head ? summary(head) : null,
    verified: check?.verified ?? null,
    notVerified: check?.reason ?? null,
    others: others.map(summary),
    refused,
    layers: checked.layers.map(layerSummary),
    layersNotVerified: checked.notVerified,
    refusedLayers: checked.refused,
    exposed: expose !== undefined && head ? await writeExposed(file, head, expose) : null,
  }
}

function summary({ layer, op, output, activation, form, weight, bias }: Head): InspectedHead {
  const [d, c] = [weight.rows, weight.cols]
  return { layer, op, output, activation, d, c, bias: bias !== null, pooled: form === 'mean' }
}

function layerSummary(found: Layer): InspectedLayer {
  const { layer, op, logits: output, activation, d, c, hasBias: bias, form, isHead, note } = found
  return { layer, op, output, activation, d, c, bias, pooled: form === 'mean', isHead, note }
}

async function writeExposed(
  { model }: ModelFile,
  head: Head,
  file: string,
): Promise<NonNullable<InspectAnswer['exposed']>> {
  const exposed = exposeHeadOf(model, head)
  await expectNewModelFile(file, model)
  await writeFileWhole(file, exposed.model)
  return { file, output: exposed.features, logits: exposed.logits }
}

/** A model is never overwritten, and never written where its weights are not beside it. */
async function expectNewModelFile(file: string, { name, externalFiles }: OnnxModel): Promise<void> {
  if (!file.endsWith('.onnx')) throw new UserError('usage', `${file}: expected a name that ends in .onnx`)
  if (await isThere(file)) {
    throw new UserError('exists', `${file}: a file already, remove it first or choose another name`)
  }
  if (externalFiles.length > 0 && resolve(dirname(file)) !== resolve(dirname(name))) {
    throw new UserError(
      'usage',
      `${file}: expected a place beside ${name}, whose weights stand there in ${externalFiles.join(', ')}`,
    )
  }
}

const TRIAL_INPUTS = 4

async function tryHead(
  runtime: Runtime,
  { model, externalData }: ModelFile,
  head: Head,
): Promise<{ verified: HeadCheck | null; reason: string | null }> {
  try {
    const { bytes, shape } = headNetwork(model, head, null)
    const network = await Network.load(runtime, bytes, shape, externalData)
    try {
      const inputs = trialInputs(TRIAL_INPUTS, product(shape.inputShape), model.name, shape.inputType)
      return { verified: verifyModel(head, await network.runChecked(inputs, head.output)), reason: null }
    } finally {
      await network.release()
    }
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    return { verified: null, reason: error.message }
  }
}
