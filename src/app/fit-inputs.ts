import { expectFinite, expectLabelsBelow, toLabels, toMatrix } from '../data/arrays.ts'
import { type Dataset, readDataset, type Source } from '../data/dataset.node.ts'
import { type Preprocess, resolvePreprocess } from '../data/preprocess.ts'
import { readArray, readCompanion } from '../data/read-array.ts'
import { expectShape, type Matrix } from '../math/matrix.ts'
import { inputShapeFor } from '../method/input-shape.ts'
import { exposeHead, Network, type NetworkOutputs, type NetworkShape } from '../method/network.ts'
import { verifyModel } from '../method/verify-head.ts'
import { findHeads, type Head } from '../onnx/head.ts'
import type { ExternalData, Runtime } from '../runtime/runtime.ts'
import { UserError } from '../user-error.ts'
import type { FitOptions } from './fit-options.ts'
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
  readonly preprocess: Preprocess
}

/** Everything that a fit starts from, wherever it came from. */
export interface FitInputs {
  readonly train: Split
  readonly test: Split | null
  readonly givenHead: GivenHead | null
  readonly network: UsedNetwork | null
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
  return { train: wholeTrain, test: wholeTest, givenHead, network: null }
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
  return { features: matrix, logits: logitMatrix, labels: values, source: null }
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
  const train = await readDataset(options.train, options.labels)
  const test = options.test === undefined ? null : await readDataset(options.test, options.testLabels)
  const used = useNetwork(file, head, train, options)
  if (test) expectSameKind(test, train)
  for (const { labels, labelsName } of test ? [train, test] : [train]) {
    if (labels) expectLabelsBelow(labels, used.shape.c, labelsName)
  }

  const network = await Network.load(runtime, used.bytes, used.shape, file.externalData)
  try {
    const total = train.count + (test?.count ?? 0)
    await verifyOnFirst(network, used, train)
    return {
      train: await extract(network, used, train, done => onFeatures(done, total), options.signal),
      test:
        test &&
        (await extract(network, used, test, done => onFeatures(train.count + done, total), options.signal)),
      givenHead: { weight: head.weight, bias: head.bias },
      network: used,
    }
  } finally {
    await network.release()
  }
}

/** Test examples are treated as training examples are, so they have to be of their kind. */
function expectSameKind(test: Dataset, train: Dataset): void {
  expectShape(test.name, [test.count, ...test.itemShape], [test.count, ...train.itemShape])
  if (test.dtype !== train.dtype) {
    throw new UserError('value', `${test.name}: ${test.dtype}, expected ${train.dtype} as in ${train.name}`)
  }
}

function useNetwork(file: ModelFile, head: Head, train: Dataset, options: FitOptions): UsedNetwork {
  const { model, sha256, externalData } = file
  const { itemShape, dtype } = train
  const { input, inputShape, batch } = inputShapeFor(model, itemShape)
  const { bytes, names } = exposeHead(model, head)
  const { rows: d, cols: c } = head.weight
  return {
    shape: { name: model.name, inputName: input.name, inputShape, batch, outputs: names, d, c },
    bytes,
    externalData,
    head,
    sha256,
    itemShape,
    dtype,
    preprocess: resolvePreprocess(options, dtype),
  }
}

const SAMPLE = 64

/** Nothing is fitted to a head before it was seen to give the model's own logits. */
async function verifyOnFirst(
  network: Network,
  { head, preprocess }: UsedNetwork,
  train: Dataset,
): Promise<void> {
  const rows = train.inputs(preprocess)
  const first = Array.from({ length: Math.min(SAMPLE, rows.rows) }, (_, i) => i)
  const outputs = await network.runChecked(await rows.fetch(first), head.output)
  expectFinite(outputs.features, `${network.shape.name}: features of ${train.name}`)
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
  { preprocess }: UsedNetwork,
  { labels, name, source, inputs }: Dataset,
  onProgress: (done: number) => void,
  signal: AbortSignal | undefined,
): Promise<Split> {
  const rows = inputs(preprocess)
  const outputs: NetworkOutputs = await network.runAll(rows, { onProgress, ...(signal && { signal }) })
  expectFinite(outputs.features, `${network.shape.name}: features of ${name}`)
  expectFinite(outputs.logits, `${network.shape.name}: logits of ${name}`)
  return { ...outputs, labels, source }
}
