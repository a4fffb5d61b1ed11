import type { ArrayFile } from '../data/array-file.ts'
import { expectFinite, toMatrix } from '../data/arrays.ts'
import { type DatasetChoice, readLabelsFile, sourceOf, withoutLabel } from '../data/dataset.node.ts'
import { type Labels, labelCount, NO_LABELS } from '../data/labels.ts'
import { openArrays, readArray } from '../data/read-array.ts'
import { expectShape, type Matrix } from '../math/matrix.ts'
import { UserError } from '../user-error.ts'
import type { FitInputs, Split } from './fit-inputs.ts'
import { type FitOptions, tableChoice } from './fit-options.ts'
import { logitsOf, readGivenHead } from './given-head.ts'
import { labelsByName, outputNames } from './output-names.ts'

/** What a fit starts from, read from arrays of features, labels and logits. Errors: UserError where they do not fit. */
export async function fromArrays(options: FitOptions): Promise<FitInputs> {
  const { features, testFeatures, headWeight, headBias, headLayout = 'auto' } = options
  if (features === undefined) {
    throw new UserError('usage', 'nothing to fit: expected --model with --train, or --features')
  }
  const choice = tableChoice(options)
  const { labels, logits, testLabels, testLogits } = options
  const { file, ...train } = await readSplit(features, { ...choice, labels, logits })
  const weight = headWeight ?? ((await file.readBeside('weight')) ? features : undefined)
  const givenHead =
    weight === undefined
      ? null
      : await readGivenHead({ weight, ...(headBias !== undefined && { bias: headBias }) }, train, headLayout)
  const c = train.logits?.cols ?? givenHead?.weight.cols ?? null
  const columns = file.table?.columns
  const test =
    testFeatures === undefined
      ? null
      : await readSplit(testFeatures, {
          ...choice,
          labels: testLabels,
          logits: testLogits,
          ...(columns && { columns }),
        })
  if (test) {
    const { rows, cols } = test.features
    expectShape(testFeatures ?? '', [rows, cols], [rows, train.features.cols])
  }
  if (test?.logits && c !== null) {
    expectShape(testLogits ?? 'test logits', [test.logits.rows, test.logits.cols], [test.features.rows, c])
  }
  const classes = await outputNames(train, c, options.classes, null)
  const completed = ({ features, logits, source, ids, ...labelled }: LabelledSplit): Split => ({
    features,
    logits: logits ?? (givenHead && logitsOf(features, givenHead)),
    labels: labelsByName(labelled, classes),
    values: labelled.values,
    ids,
    source,
    pictures: null,
  })
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
    classes,
    treatment: null,
  }
}

/** A split whose labels may still be indices of the data's own classes. */
interface LabelledSplit extends Labels, Omit<Split, 'labels' | 'pictures'> {
  /** What the labels came from */
  readonly name: string
}

interface SplitChoice extends DatasetChoice {
  readonly logits: string | undefined
}

async function readSplit(
  features: string,
  choice: SplitChoice,
): Promise<LabelledSplit & { readonly file: ArrayFile }> {
  const { labels, logits } = choice
  const file = await openArrays(features, labels === undefined ? choice : withoutLabel(choice))
  const matrix = toMatrix(await file.read('features'), features)
  if (matrix.rows === 0 || matrix.cols === 0) {
    throw new UserError(
      'shape',
      `${features}: expected examples [n, d], got [${matrix.rows}, ${matrix.cols}]`,
    )
  }
  const labelled = labels === undefined ? await file.readLabelsBeside() : await readLabelsFile(labels, choice)
  const name = labels ?? features
  const count = labelled && labelCount(labelled)
  if (count != null) expectShape(name, [count], [matrix.rows])
  const logitArray =
    logits === undefined ? await file.readBeside('logits') : await readArray(logits, 'logits')
  const logitName = logits ?? features
  const logitMatrix = logitArray && toMatrix(logitArray, logitName)
  if (logitMatrix)
    expectShape(logitName, [logitMatrix.rows, logitMatrix.cols], [matrix.rows, logitMatrix.cols])
  if (logitMatrix) refuseProbabilities(logitMatrix, logitName)
  return {
    file,
    name,
    features: matrix,
    logits: logitMatrix,
    ...(labelled ?? NO_LABELS),
    ids: await file.readIds(),
    // Arrays of features have nothing to show, but the columns of a table are those of every further one.
    source: file.table && sourceOf(file, [matrix.rows, matrix.cols]),
  }
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
