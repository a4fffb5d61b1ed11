import { expectFinite, expectLabelsBelow, toLabels, toMatrix } from '../data/arrays.ts'
import { type Dataset, openDataset } from '../data/open-dataset.node.ts'
import { pictureRows, type SkippedPicture } from '../data/picture-dataset.ts'
import type { PicturePreprocess } from '../data/picture-preprocess.ts'
import { type Preprocess, resolvePreprocess } from '../data/preprocess.ts'
import { readArray, readCompanion } from '../data/read-array.ts'
import type { Source } from '../data/source.ts'
import { expectShape, type Matrix } from '../math/matrix.ts'
import type { Rows } from '../math/rows.ts'
import { inputShapeFor } from '../method/input-shape.ts'
import { exposeHead, Network, type NetworkOutputs, type NetworkShape } from '../method/network.ts'
import { verifyModel } from '../method/verify-head.ts'
import { findHeads, type Head } from '../onnx/head.ts'
import type { ExternalData, Runtime } from '../runtime/runtime.ts'
import { UserError } from '../user-error.ts'
import type { FitOptions } from './fit-options.ts'
import {
  keepRows,
  labelsByName,
  outputNames,
  type PictureTreatment,
  refusePictureOptions,
  type SplitPictures,
  treatPictures,
} from './fit-pictures.ts'
import { type GivenHead, logitsOf, readGivenHead } from './given-head.ts'
import { noHead } from './inspect.node.ts'
import { type ModelFile, readModelFile } from './model-file.node.ts'

/** Examples of one split, as far as they are known. */
export interface Split {
  readonly features: Matrix<Float32Array>
  /** The given model's [n, c], before its activation */
  readonly logits: Matrix<Float32Array> | null
  readonly labels: Int32Array | null
  /** Where the examples themselves are, to show them. */
  readonly source: Source | null
  /** null for arrays */
  readonly pictures: SplitPictures | null
}

/** The network that made the features, to be kept beside them. */
export interface UsedNetwork {
  readonly shape: NetworkShape
  readonly bytes: Uint8Array
  readonly externalData: readonly ExternalData[]
  readonly head: Head
  readonly sha256: string
  readonly itemShape: readonly number[]
  readonly dtype: string
  readonly preprocess: Preprocess | PicturePreprocess
}

/** Everything that a fit starts from, wherever it came from. */
export interface FitInputs {
  readonly train: Split
  readonly test: Split | null
  readonly givenHead: GivenHead | null
  readonly network: UsedNetwork | null
  /** Names of the outputs, where the data has names of classes. */
  readonly classes: readonly string[] | null
  /** null for arrays */
  readonly treatment: PictureTreatment | null
}

/** Called while examples go through the network. */
export type OnFeatures = (done: number, total: number) => void

export function readFitInputs(
  runtime: Runtime,
  options: FitOptions,
  onFeatures: OnFeatures,
): Promise<FitInputs> {
  return options.model === undefined ? fromArrays(options) : fromModel(runtime, options, onFeatures)
}

async function fromArrays(options: FitOptions): Promise<FitInputs> {
  const { features, testFeatures, headWeight, headBias, headLayout = 'auto' } = options
  if (features === undefined) {
    throw new UserError('usage', 'nothing to fit: expected --model with --train, or --features')
  }
  const train = await readSplit(features, options.labels, options.logits)
  const weight = headWeight ?? ((await readCompanion(features, 'weight')) ? features : undefined)
  const givenHead =
    weight === undefined
      ? null
      : await readGivenHead({ weight, ...(headBias !== undefined && { bias: headBias }) }, train, headLayout)
  const test =
    testFeatures === undefined ? null : await readSplit(testFeatures, options.testLabels, options.testLogits)
  const completed = (split: Split): Split =>
    split.logits || !givenHead ? split : { ...split, logits: logitsOf(split.features, givenHead) }
  const c = train.logits?.cols ?? givenHead?.weight.cols
  if (test) {
    const { rows, cols } = test.features
    expectShape(testFeatures ?? '', [rows, cols], [rows, train.features.cols])
  }
  if (test?.logits && c !== undefined) {
    expectShape(
      options.testLogits ?? 'test logits',
      [test.logits.rows, test.logits.cols],
      [test.features.rows, c],
    )
  }
  const [wholeTrain, wholeTest] = [completed(train), test && completed(test)]
  if (wholeTrain.logits) expectFinite(wholeTrain.logits, 'logits of the given head')
  if (wholeTest?.logits) expectFinite(wholeTest.logits, 'test logits of the given head')
  return { train: wholeTrain, test: wholeTest, givenHead, network: null, classes: null, treatment: null }
}

async function readSplit(features: string, labels?: string, logits?: string): Promise<Split> {
  const matrix = toMatrix(await readArray(features, 'features'), features)
  if (matrix.rows === 0 || matrix.cols === 0) {
    throw new UserError(
      'shape',
      `${features}: expected examples [n, d], got [${matrix.rows}, ${matrix.cols}]`,
    )
  }
  const labelArray =
    labels === undefined ? await readCompanion(features, 'labels') : await readArray(labels, 'labels')
  const labelName = labels ?? features
  const values = labelArray && toLabels(labelArray, labelName)
  if (values) expectShape(labelName, [values.length], [matrix.rows])
  const logitArray =
    logits === undefined ? await readCompanion(features, 'logits') : await readArray(logits, 'logits')
  const logitName = logits ?? features
  const logitMatrix = logitArray && toMatrix(logitArray, logitName)
  if (logitMatrix)
    expectShape(logitName, [logitMatrix.rows, logitMatrix.cols], [matrix.rows, logitMatrix.cols])
  if (logitMatrix) refuseProbabilities(logitMatrix, logitName)
  return { features: matrix, logits: logitMatrix, labels: values, source: null, pictures: null }
}

/** Outputs after the softmax are taken for logits too easily, and fit almost as well. */
function refuseProbabilities({ rows, cols, data }: Matrix<Float32Array>, name: string): void {
  if (cols < 2) return
  for (let i = 0; i < rows; i++) {
    const row = data.subarray(i * cols, (i + 1) * cols)
    const sum = row.reduce((total, x) => total + x, 0)
    if (Math.abs(sum - 1) > 1e-3 || row.some(x => x < 0)) return
  }
  throw new UserError(
    'value',
    `${name}: every row sums to 1, which probabilities do, expected logits, save their logarithm`,
  )
}

async function fromModel(runtime: Runtime, options: FitOptions, onFeatures: OnFeatures): Promise<FitInputs> {
  const file = await readModelFile(options.model ?? '')
  const { heads, refused } = await findHeads(file.model, file.readExternal)
  const [head] = heads
  if (!head) throw noHead(file.model.name, refused)
  if (options.train === undefined) {
    throw new UserError(
      'usage',
      `${file.model.name}: nothing to run the model on: expected --train with the training examples`,
    )
  }
  const train = await openDataset(options.train, 'train', options.labels)
  const test = options.test === undefined ? null : await openDataset(options.test, 'test', options.testLabels)
  if (train.kind === 'array') refusePictureOptions(options, train.name)
  const treatment = train.kind === 'pictures' ? await treatPictures(file.model, options) : null
  const used = useNetwork(file, head, kindOf(train, treatment, options))
  if (test) expectSameKind(test, train)
  const classes = await outputNames(train, used.shape.c, options.classes)
  const [trainInputs, testInputs] = [train, test].map(
    dataset => dataset && toInputs(dataset, used, treatment, classes, options.skipBad ?? false),
  )
  if (!trainInputs) throw new Error('training examples without inputs')
  for (const { labels, labelsName } of testInputs ? [trainInputs, testInputs] : [trainInputs]) {
    if (labels) expectLabelsBelow(labels, used.shape.c, labelsName)
  }

  const network = await Network.load(runtime, used.bytes, used.shape, file.externalData)
  try {
    const total = train.count + (test?.count ?? 0)
    await verifyOnFirst(network, used, trainInputs)
    return {
      train: await extract(network, trainInputs, done => onFeatures(done, total), options.signal),
      test:
        testInputs &&
        (await extract(network, testInputs, done => onFeatures(train.count + done, total), options.signal)),
      givenHead: { weight: head.weight, bias: head.bias },
      network: used,
      classes,
      treatment,
    }
  } finally {
    await network.release()
  }
}

/** Test examples are treated as training examples are, so they have to be of their kind. */
function expectSameKind(test: Dataset, train: Dataset): void {
  if (test.kind === 'array' && train.kind === 'array') {
    expectShape(test.name, [test.count, ...test.itemShape], [test.count, ...train.itemShape])
    if (test.dtype === train.dtype) return
    throw new UserError('value', `${test.name}: ${test.dtype}, expected ${train.dtype} as in ${train.name}`)
  }
  if (test.kind === train.kind) return
  const words = { array: 'an array', pictures: 'pictures in files' }
  throw new UserError(
    'value',
    `${test.name}: ${words[test.kind]}, expected ${words[train.kind]} as in ${train.name}`,
  )
}

/** What a network has to know of its examples. */
type Kind = Pick<UsedNetwork, 'itemShape' | 'dtype' | 'preprocess'>

function kindOf(train: Dataset, treatment: PictureTreatment | null, options: FitOptions): Kind {
  if (train.kind === 'array') {
    const { itemShape, dtype } = train
    return { itemShape, dtype, preprocess: resolvePreprocess(options, dtype) }
  }
  if (!treatment) throw new Error('pictures without a treatment')
  return { itemShape: treatment.itemShape, dtype: 'uint8', preprocess: treatment.preprocess }
}

function useNetwork(file: ModelFile, head: Head, kind: Kind): UsedNetwork {
  const { model, sha256, externalData } = file
  const { input, inputShape, batch } = inputShapeFor(model, kind.itemShape)
  const { bytes, names } = exposeHead(model, head)
  const { rows: d, cols: c } = head.weight
  return {
    shape: { name: model.name, inputName: input.name, inputShape, batch, outputs: names, d, c },
    bytes,
    externalData,
    head,
    sha256,
    ...kind,
  }
}

/** Examples of one split as inputs, with labels that are indices of outputs. */
interface SplitInputs {
  readonly name: string
  readonly labels: Int32Array | null
  /** Where the labels came from */
  readonly labelsName: string
  readonly rows: Rows
  readonly source: Source
  readonly pictures: { readonly ids: readonly string[] | null; readonly paths: readonly string[] } | null
  /** By row; filled while they are read. */
  readonly skipped: ReadonlyMap<number, SkippedPicture>
}

function toInputs(
  dataset: Dataset,
  { preprocess }: UsedNetwork,
  treatment: PictureTreatment | null,
  classes: readonly string[] | null,
  skipBad: boolean,
): SplitInputs {
  const { name, source } = dataset
  const skipped = new Map<number, SkippedPicture>()
  if (dataset.kind === 'array') {
    const { labels, labelsName } = dataset
    return { name, labels, labelsName, rows: dataset.inputs(preprocess), source, pictures: null, skipped }
  }
  if (!treatment) throw new Error('pictures without a treatment')
  const onBad = skipBad ? (picture: SkippedPicture) => void skipped.set(picture.row, picture) : null
  return {
    name,
    labels: labelsByName(dataset, classes),
    labelsName: name,
    rows: pictureRows(dataset, treatment.preprocess, treatment.itemShape, onBad),
    source,
    pictures: { ids: dataset.ids, paths: dataset.paths },
    skipped,
  }
}

const SAMPLE = 64

/** Nothing is fitted to a head before it was seen to give the model's own logits. */
async function verifyOnFirst(
  network: Network,
  { head }: UsedNetwork,
  { rows, name }: SplitInputs,
): Promise<void> {
  const first = Array.from({ length: Math.min(SAMPLE, rows.rows) }, (_, i) => i)
  const outputs = await network.runChecked(await rows.fetch(first), head.output)
  expectFinite(outputs.features, `${network.shape.name}: features of ${name}`)
  const { agrees, largestDifference } = verifyModel(head, outputs)
  if (agrees) return
  throw new UserError(
    'model',
    `${network.shape.name}: ${head.layer}: features · weight + bias misses the model's own logits by ` +
      `${largestDifference.toPrecision(3)}, expected them to agree, compute the features yourself and use --features`,
  )
}

async function extract(
  network: Network,
  { labels, name, source, rows, pictures, skipped }: SplitInputs,
  onProgress: (done: number) => void,
  signal: AbortSignal | undefined,
): Promise<Split> {
  const outputs: NetworkOutputs = await network.runAll(rows, { onProgress, ...(signal && { signal }) })
  expectFinite(outputs.features, `${network.shape.name}: features of ${name}`)
  expectFinite(outputs.logits, `${network.shape.name}: logits of ${name}`)
  if (!pictures) return { ...outputs, labels, source, pictures }
  const kept = Array.from({ length: rows.rows }, (_, row) => row).filter(row => !skipped.has(row))
  if (kept.length === 0) throw new UserError('format', `${name}: no picture can be read, expected images`)
  const { ids, paths } = pictures
  return {
    features: keepRows(outputs.features, kept),
    logits: keepRows(outputs.logits, kept),
    labels: labels && Int32Array.from(kept, row => labels[row]),
    source,
    pictures: {
      ids: ids && kept.map(row => ids[row]),
      paths: kept.map(row => paths[row]),
      skipped: [...skipped.values()].sort((a, b) => a.row - b.row),
    },
  }
}
