import { memoryRows } from '../../math/rows.ts'
import type { ExplainedFit } from '../../method/fit/explained-fit.ts'
import type { FidelityAnswer } from '../../method/fit/fidelity.ts'
import { decideAll, type Task } from '../../method/head/task.ts'
import type { Manifest } from '../../store/manifest.ts'
import type { ExplainerWriter } from '../../store/write.node.ts'
import { LABELS_FIT, MODEL_FOLDER, writeFit } from '../explainer/files.node.ts'
import type { FitInputs, Split, UsedNetwork } from './inputs.ts'
import type { Setting } from './setting.ts'
import { writeExamples } from './write-examples.ts'
import { copyRows } from './write-rows.ts'

/** What a fit leaves to be written beside its manifest. */
export interface Written {
  readonly inputs: Pick<FitInputs, 'train' | 'test' | 'givenHead'>
  readonly explained: ExplainedFit
  readonly labels: ExplainedFit | null
  readonly train: Decisions
  readonly test: Decisions | null
  readonly setting: Setting
}

/** Writes everything, the manifest last; whoever made the writer aborts it where this fails. */
export async function writeExplainer(
  writer: ExplainerWriter,
  manifest: Omit<Manifest, 'files'>,
  { inputs, explained, labels, train, test, setting }: Written,
  signal: AbortSignal | undefined,
): Promise<void> {
  const { givenHead } = inputs
  const head = { d: manifest.d, given: givenHead, groupCount: manifest.groupCount }
  await writeSplit(writer, 'train', inputs.train, setting.ids, train)
  if (inputs.test && test) await writeSplit(writer, 'test', inputs.test, null, test)
  signal?.throwIfAborted()
  await writeFit(writer, '', explained, head)
  if (labels) await writeFit(writer, LABELS_FIT, labels, { ...head, given: null })
  signal?.throwIfAborted()
  await writer.finish(manifest)
}

/** Writes the network and its weight files. */
export async function writeNetwork(
  writer: ExplainerWriter,
  { bytes, externalData }: UsedNetwork,
): Promise<void> {
  await writer.write(`${MODEL_FOLDER}model.onnx`, bytes)
  for (const { path, data } of externalData) await writer.write(`${MODEL_FOLDER}${path}`, data)
}

async function writeSplit(
  writer: ExplainerWriter,
  name: 'train' | 'test',
  split: Split,
  named: readonly string[] | null,
  { predictions, decided }: Decisions,
): Promise<void> {
  if (split.values) await copyRows(writer, `${name}/labels.npy`, memoryRows(split.values))
  const ids = named ?? split.ids
  await writeExamples(writer, `${name}/examples.parquet`, {
    idOf: row => ids?.[row] ?? `${name}/${row}`,
    labels: split.labels,
    predicted: decided,
    fitted: predictions,
    paths: split.pictures?.paths ?? null,
    sourceRows: split.sourceRows,
  })
}

/** How close a fit comes over a split, and what is decided of its examples. */
export interface Decisions extends FidelityAnswer {
  /** What the given model decides where it is known, else the fitted head */
  readonly decided: Int32Array
}

export async function decisionsOf({ logits }: Split, answer: FidelityAnswer, task: Task): Promise<Decisions> {
  return { ...answer, decided: logits ? await decideAll(logits, task) : answer.predictions }
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
    ...(shape.inputType !== undefined && { inputType: shape.inputType }),
    inputShape: [...shape.inputShape],
    batch: shape.batch,
    outputs: shape.outputs,
    itemShape: [...itemShape],
    dtype,
    preprocess: { ...preprocess, mean: [...preprocess.mean], std: [...preprocess.std] },
  }
}
