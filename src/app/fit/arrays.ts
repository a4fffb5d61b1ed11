import type { ArrayFile } from '../../data/array-file.ts'
import { openRows, openRowsBeside } from '../../data/array-rows.ts'
import { type DatasetChoice, readLabelsFile, sourceOf, withoutLabel } from '../../data/dataset.node.ts'
import { type Labels, labelCount, NO_LABELS } from '../../data/labels.ts'
import { openArrays } from '../../data/read-array.ts'
import { expectShape } from '../../math/matrix.ts'
import type { ExplainerWriter } from '../../store/write.node.ts'
import { UserError } from '../../user-error.ts'
import { type Found, type GivenHead, readGivenHead } from '../explainer/given-head.ts'
import { readMachine } from '../machine/machine.node.ts'
import type { FitInputs, Split } from './inputs.ts'
import { type FitOptions, tableChoice } from './options.ts'
import { labelsByName, outputNames } from './output-names.ts'
import { planWithin } from './plan.ts'
import { type FoundSplit, logitsByHead, storeSplit } from './store-split.ts'

/**
 * What a fit starts from, read from arrays of features, labels and logits, the first and last of which are written as
 * they will be stored. Errors: UserError where they do not fit.
 */
export async function fromArrays(options: FitOptions, writer: ExplainerWriter): Promise<FitInputs> {
  const { features, testFeatures, headWeight, headBias, headLayout = 'auto' } = options
  if (features === undefined) {
    throw new UserError('usage', 'nothing to fit: expected --model with --train, or --features')
  }
  const choice = tableChoice(options)
  const { labels, logits, testLabels, testLogits } = options
  const { file, ...train } = await openSplit(features, { ...choice, labels, logits })
  const weight = headWeight ?? ((await file.readBeside('weight')) ? features : undefined)
  const givenHead =
    weight === undefined
      ? null
      : await readGivenHead({ weight, ...(headBias !== undefined && { bias: headBias }) }, train, headLayout)
  const c = train.logits?.rows.cols ?? givenHead?.weight.cols ?? null
  const columns = file.table?.columns
  const test =
    testFeatures === undefined
      ? null
      : await openSplit(testFeatures, {
          ...choice,
          labels: testLabels,
          logits: testLogits,
          ...(columns && { columns }),
        })
  if (test) {
    const { rows, cols } = test.features.rows
    expectShape(testFeatures ?? '', [rows, cols], [rows, train.features.rows.cols])
  }
  if (test?.logits && c !== null) {
    const { rows, cols } = test.logits.rows
    expectShape(test.logits.name, [rows, cols], [rows, c])
  }
  const classes = await outputNames(train, c, options.classes, null)
  const dtype = options.dtype ?? (train.isHalf ? 'float16' : 'float32')
  const { rows: n, cols: d } = train.features.rows
  const size = {
    n,
    examples: n + (test?.features.rows.rows ?? 0),
    d,
    c: c ?? train.values?.cols ?? classes?.length ?? largestOf(train.labels) + 1,
    dtype,
    hasValues: train.values !== null,
  }
  const plan = planWithin(size, options.memory, readMachine().memory)
  const stored = async (split: 'train' | 'test', opened: OpenedSplit): Promise<Split> => ({
    ...(await storeSplit(writer, found(split, opened, givenHead), {
      dtype,
      inMemory: split === 'train' && plan.features,
      signal: options.signal,
    })),
    labels: labelsByName(opened, classes),
    values: opened.values,
    ids: opened.ids,
    source: opened.source,
    pictures: null,
    sourceRows: null,
  })
  return {
    train: await stored('train', train),
    test: test && (await stored('test', test)),
    plan,
    givenHead,
    network: null,
    activation: null,
    hidden: false,
    classes,
    treatment: null,
  }
}

/** A split that is not read yet, whose labels may still be indices of the data's own classes. */
interface OpenedSplit extends Labels, Pick<Split, 'ids' | 'source'> {
  /** What the labels came from */
  readonly name: string
  readonly features: Found
  /** The file has the features as halves. */
  readonly isHalf: boolean
  readonly logits: Found | null
}

interface SplitChoice extends DatasetChoice {
  readonly logits: string | undefined
}

async function openSplit(
  features: string,
  choice: SplitChoice,
): Promise<OpenedSplit & { readonly file: ArrayFile }> {
  const { labels, logits } = choice
  const file = await openArrays(features, labels === undefined ? choice : withoutLabel(choice))
  const { rows: matrix, dtype } = await openRows(file, 'features')
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
  const logitRows =
    logits === undefined
      ? await openRowsBeside(file, 'logits')
      : await openRows(await openArrays(logits), 'logits')
  const logitsName = logits ?? features
  if (logitRows) {
    const { rows, cols } = logitRows.rows
    expectShape(logitsName, [rows, cols], [matrix.rows, cols])
  }
  return {
    file,
    name,
    features: { rows: matrix, name: features },
    isHalf: dtype === 'float16',
    logits: logitRows && { rows: logitRows.rows, name: logitsName },
    ...(labelled ?? NO_LABELS),
    ids: await file.readIds(),
    // Arrays of features have nothing to show, but the columns of a table are those of every further one.
    source: file.table && sourceOf(file, [matrix.rows, matrix.cols]),
  }
}

/** What is stored of a split: the logits are those of the head where they are not given. */
function found(
  split: 'train' | 'test',
  { features, logits }: OpenedSplit,
  head: GivenHead | null,
): FoundSplit {
  if (logits || !head) return { split, features, logits }
  const name = `${split === 'test' ? 'test ' : ''}logits of the given head`
  return { split, features, logits: { rows: logitsByHead(features.rows, head), name } }
}

function largestOf(labels: Int32Array | null): number {
  return labels?.reduce((largest, label) => Math.max(largest, label), -1) ?? -1
}
