import { expectFinite, toLabels, toMatrix } from '../data/arrays.ts'
import { readArray, readCompanion } from '../data/read-array.ts'
import { expectShape, type Matrix } from '../math/matrix.ts'
import { UserError } from '../user-error.ts'
import type { FitInputs, Split } from './fit-inputs.ts'
import type { FitOptions } from './fit-options.ts'
import { logitsOf, readGivenHead } from './given-head.ts'

/** What a fit starts from, read from arrays of features, labels and logits. Errors: UserError where they do not fit. */
export async function fromArrays(options: FitOptions): Promise<FitInputs> {
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
  return {
    train: wholeTrain,
    test: wholeTest,
    givenHead,
    network: null,
    activation: null,
    hidden: false,
    classes: null,
    treatment: null,
  }
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
  return { features: matrix, logits: logitMatrix, labels: values, values: null, source: null, pictures: null }
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
