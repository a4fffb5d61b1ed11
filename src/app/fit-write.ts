import type { ExplainedFit } from '../method/explained-fit.ts'
import type { FidelityAnswer } from '../method/fidelity.ts'
import { decideRows, type Task } from '../method/task.ts'
import type { Manifest } from '../store/manifest.ts'
import type { ExplainerWriter } from '../store/write.node.ts'
import {
  type Examples,
  LABELS_FIT,
  MODEL_FOLDER,
  writeExamples,
  writeFit,
  writeMatrix,
} from './explainer-files.node.ts'
import type { FitInputs, Split, UsedNetwork } from './fit-inputs.ts'
import { ownIds, type Setting } from './fit-setting.ts'
import { targetsOf } from './fit-targets.ts'

/** What a fit leaves to be written beside its manifest. */
export interface Written {
  readonly inputs: FitInputs
  readonly explained: ExplainedFit
  readonly labels: ExplainedFit | null
  readonly train: FidelityAnswer
  readonly test: FidelityAnswer | null
  readonly setting: Setting
}

/** Writes everything, the manifest last; whoever made the writer aborts it where this fails. */
export async function writeExplainer(
  writer: ExplainerWriter,
  manifest: Omit<Manifest, 'files'>,
  { inputs, explained, labels, train, test, setting }: Written,
  signal: AbortSignal | undefined,
): Promise<void> {
  const { givenHead, network } = inputs
  const head = { d: manifest.d, given: givenHead, groupCount: manifest.groupCount }
  await writeSplit(writer, 'train', inputs.train, setting, train)
  const everyRow = Array.from({ length: manifest.n }, (_, row) => row)
  await writeMatrix(
    writer,
    'train/targets.npy',
    await targetsOf(setting.targets, inputs.train, setting).fetch(everyRow),
  )
  if (inputs.test && test) {
    await writeSplit(writer, 'test', inputs.test, { ...setting, ids: ownIds('test', inputs.test) }, test)
  }
  signal?.throwIfAborted()
  await writeFit(writer, '', explained, head)
  if (labels) await writeFit(writer, LABELS_FIT, labels, { ...head, given: null })
  if (network) {
    await writer.write(`${MODEL_FOLDER}model.onnx`, network.bytes)
    for (const { path, data } of network.externalData) await writer.write(`${MODEL_FOLDER}${path}`, data)
  }
  signal?.throwIfAborted()
  await writer.finish(manifest)
}

async function writeSplit(
  writer: ExplainerWriter,
  name: 'train' | 'test',
  split: Split,
  { ids, task }: Pick<Setting, 'ids' | 'task'>,
  answer: FidelityAnswer,
): Promise<void> {
  await writeMatrix(writer, `${name}/features.npy`, split.features)
  if (split.values) await writeMatrix(writer, `${name}/labels.npy`, split.values)
  if (split.logits) await writeMatrix(writer, `${name}/logits.npy`, split.logits)
  const examples: Examples = {
    ids,
    labels: split.labels,
    predicted: predictedBy(split, answer, task),
    fitted: answer.predictions,
    paths: split.pictures?.paths ?? null,
  }
  await writeExamples(writer, `${name}/examples.parquet`, examples)
}

/** What the given model decides where it is known, else the fitted head. */
export function predictedBy({ logits }: Split, { predictions }: FidelityAnswer, task: Task): Int32Array {
  return logits ? decideRows(logits, task) : predictions
}

/** The network's part of the manifest. */
export function describeNetwork({
  shape,
  layer,
  sha256,
  itemShape,
  dtype,
  preprocess,
  externalData,
}: UsedNetwork) {
  return {
    source: shape.name,
    sha256,
    layer: layer.layer,
    outputActivation: layer.activation,
    file: `${MODEL_FOLDER}model.onnx`,
    externalFiles: externalData.map(({ path }) => path),
    inputName: shape.inputName,
    inputShape: [...shape.inputShape],
    batch: shape.batch,
    outputs: shape.outputs,
    itemShape: [...itemShape],
    dtype,
    preprocess: { ...preprocess, mean: [...preprocess.mean], std: [...preprocess.std] },
  }
}
