import type { SkippedPicture } from '../data/picture-dataset.ts'
import type { PicturePreprocess } from '../data/picture-preprocess.ts'
import { type Matrix, rowArgmax } from '../math/matrix.ts'
import { memoryRows } from '../math/rows.ts'
import { type ExplainedFit, explainFit } from '../method/explained-fit.ts'
import { accuracy, compareWithGiven, type Fidelity, type FidelityAnswer } from '../method/fidelity.ts'
import type { Bias } from '../method/head-graph.ts'
import type { Activation } from '../method/loss.ts'
import type { Problem } from '../method/objective.ts'
import type { Runtime } from '../runtime/runtime.ts'
import type { Manifest } from '../store/manifest.ts'
import { ExplainerWriter } from '../store/write.node.ts'
import { VERSION } from '../version.ts'
import { fromArrays } from './fit-arrays.ts'
import type { FitInputs, Split } from './fit-inputs.ts'
import { fromModel } from './fit-model.ts'
import { checkFitOptions, type FitOptions, type Targets } from './fit-options.ts'
import { type Setting, settle, targetsOf } from './fit-setting.ts'
import { describeNetwork, predictedBy, writeExplainer } from './fit-write.ts'
import type { GivenHead } from './given-head.ts'
import { openRuntime } from './runtime.ts'

/** What `fit` answers: how exact the explained fit is, and how close to the given model. */
export interface FitAnswer {
  readonly schemaVersion: 1
  readonly out: string
  readonly n: number
  readonly d: number
  readonly c: number
  readonly lambda: number
  readonly bias: Bias
  readonly targets: Targets
  readonly activation: Activation
  readonly status: ExplainedFit['status']
  readonly iterations: number
  readonly gradientNorm: number
  /** The largest over the training examples, in logits */
  readonly completenessGap: number
  readonly fidelity: { readonly train: Fidelity | null; readonly test: Fidelity | null }
  readonly accuracy: Manifest['accuracy']
  readonly seconds: Manifest['seconds']
  /** The fit with labels, by which suspects are ranked. */
  readonly labelsFit: Manifest['labelsFit']
  /** For pictures in files: what they were put through, and the file or preset where that was found */
  readonly preprocess?: PicturePreprocess & { readonly from: string | null }
  /** Pictures that `skipBad` left out */
  readonly skipped?: readonly (SkippedPicture & { readonly split: 'train' | 'test' })[]
  /** What looks wrong, one sentence each */
  readonly warnings: readonly string[]
}

/**
 * Fits the head of a model to its own outputs or to labels, and writes an explainer: a directory with all
 * that explaining needs. Errors: UserError on anything that the user can mend; nothing is left behind then.
 */
export async function fit(options: FitOptions): Promise<FitAnswer> {
  checkFitOptions(options)
  const { out, force = false } = options
  const runtime = openRuntime(options.device)
  // Made first, so that a place that cannot be written is found before the work is done.
  const writer = await ExplainerWriter.create(out, force)
  try {
    return await fitInto(writer, runtime, options)
  } catch (error) {
    await writer.abort()
    throw error
  }
}

async function fitInto(writer: ExplainerWriter, runtime: Runtime, options: FitOptions): Promise<FitAnswer> {
  const { out, signal, onProgress } = options

  const begin = performance.now()
  const inputs = await (options.model === undefined
    ? fromArrays(options)
    : fromModel(runtime, options, (done, total) => onProgress?.({ phase: 'features', done, total })))
  const setting = await settle(inputs, options)
  const featureSeconds = (performance.now() - begin) / 1000

  const { explained, labels } = await fitBoth(runtime, inputs, setting, options)
  const train = await compare(runtime, inputs.train, explained, setting)
  const test = inputs.test && (await compare(runtime, inputs.test, explained, setting))
  signal?.throwIfAborted()

  onProgress?.({ phase: 'write' })
  const manifest: Omit<Manifest, 'files'> = {
    formatVersion: 1,
    madeBy: `representer ${VERSION}`,
    n: inputs.train.features.rows,
    d: inputs.train.features.cols,
    c: setting.c,
    tests: inputs.test?.features.rows ?? 0,
    lambda: setting.lambda,
    bias: setting.bias,
    targets: setting.targets,
    activation: setting.activation,
    gap: setting.gap,
    classes: setting.classes,
    groups: inputs.train.labels ? 'label' : 'predicted',
    nonNegative: explained.index.nonNegative,
    fit: certificate(explained),
    labelsFit: labels && certificate(labels),
    fidelity: { train: train.fidelity, test: test?.fidelity ?? null },
    accuracy: accuracies(inputs, train, test),
    seconds: { features: featureSeconds, ...explained.seconds },
    network: inputs.network && describeNetwork(inputs.network),
    sources: { train: inputs.train.source, test: inputs.test?.source ?? null },
  }
  await writeExplainer(writer, manifest, { inputs, explained, labels, train, test, setting }, signal)
  return { ...answerOf(out, manifest, warnings(manifest)), ...aboutPictures(inputs) }
}

/** The explained fit, and the fit with labels wherever there are labels and outputs are classes. */
async function fitBoth(
  runtime: Runtime,
  { train, givenHead }: FitInputs,
  setting: Setting,
  options: FitOptions,
): Promise<{ explained: ExplainedFit; labels: ExplainedFit | null }> {
  const { lambda, bias, activation, c, gap } = setting
  const features = memoryRows(train.features)
  const classes = train.labels ?? rowArgmax(train.logits ?? { rows: 0, cols: 0, data: new Float32Array(0) })
  const start = givenHead && startingPoint(givenHead, bias, activation)
  const run = (of: Targets): Promise<ExplainedFit> => {
    const problem: Problem = { features, targets: targetsOf(of, train, setting), activation, lambda, bias }
    return explainFit(
      runtime,
      problem,
      { classes, classCount: c },
      {
        gap,
        ...(options.maxIterations !== undefined && { maxIterations: options.maxIterations }),
        ...(start && { start }),
        ...(options.signal && { signal: options.signal }),
        onProgress: progress => options.onProgress?.({ phase: 'fit', of, ...progress }),
        onStage: phase => options.onProgress?.({ phase }),
      },
    )
  }
  const explained = await run(setting.targets)
  if (setting.targets === 'labels') return { explained, labels: explained }
  return { explained, labels: train.labels && activation === 'softmax' ? await run('labels') : null }
}

/**
 * The given head as Θ. Softmax does not see a constant added to all outputs, but the regulariser does:
 * its optimum sums to zero over the outputs, so the start does too.
 */
function startingPoint(
  { weight, bias }: GivenHead,
  kind: Bias,
  activation: Activation,
): Matrix<Float64Array> {
  const { cols: c } = weight
  const rows = kind === 'regularised' ? weight.rows + 1 : weight.rows
  const data = new Float64Array(rows * c)
  data.set(weight.data)
  if (kind === 'regularised' && bias) data.set(bias, weight.rows * c)
  if (activation === 'softmax') {
    for (let a = 0; a < rows; a++) {
      const row = data.subarray(a * c, (a + 1) * c)
      const mean = row.reduce((sum, x) => sum + x, 0) / c
      for (let j = 0; j < c; j++) row[j] -= mean
    }
  }
  return { rows, cols: c, data }
}

/** The fidelity and the predictions over one split. */
function compare(
  runtime: Runtime,
  split: Split,
  { theta, residual }: ExplainedFit,
  { bias, activation }: Setting,
): Promise<FidelityAnswer> {
  const head = { features: memoryRows(split.features), theta, residual, bias, activation }
  return compareWithGiven(runtime, head, split.logits)
}

function accuracies(
  { train, test }: FitInputs,
  ofTrain: FidelityAnswer,
  ofTest: FidelityAnswer | null,
): Manifest['accuracy'] {
  const given = (split: Split | null, answer: FidelityAnswer | null): number | null =>
    split?.labels && answer ? accuracy(predictedBy(split, answer), split.labels) : null
  const fitted = (split: Split | null, answer: FidelityAnswer | null): number | null =>
    split?.labels && answer ? accuracy(answer.predictions, split.labels) : null
  return {
    train: given(train, ofTrain),
    test: given(test, ofTest),
    fittedTrain: fitted(train, ofTrain),
    fittedTest: fitted(test, ofTest),
  }
}

function certificate({ status, iterations, gradientNorm, completenessGap }: ExplainedFit): Manifest['fit'] {
  return { status, iterations, gradientNorm, completenessGap }
}

/** A tenth of the way from chance to certainty: a model that fits its data is beyond it. */
const NEAR_CHANCE = 0.1

/** What a person would want to be told before they trust the answers. */
function warnings({ accuracy, c, labelsFit }: Omit<Manifest, 'files'>): string[] {
  const found: string[] = []
  for (const split of ['train', 'test'] as const) {
    const share = accuracy[split]
    if (share === null || c < 2 || share > 1 / c + NEAR_CHANCE * (1 - 1 / c)) continue
    found.push(
      `the model is right on ${(100 * share).toFixed(1)} % of the ${split} examples, about chance for ${c} outputs: do the ` +
        'labels belong to these outputs, in their order, and are inputs treated as when the model was trained?',
    )
  }
  if (labelsFit && labelsFit.status !== 'converged') {
    found.push(`the fit with labels is ${labelsFit.status}: suspects are ranked by it as it is`)
  }
  return found
}

function answerOf(out: string, manifest: Omit<Manifest, 'files'>, warnings: readonly string[]): FitAnswer {
  const { n, d, c, lambda, bias, targets, activation, fit, fidelity, accuracy, seconds, labelsFit } = manifest
  return {
    schemaVersion: 1,
    out,
    n,
    d,
    c,
    lambda,
    bias,
    targets,
    activation,
    ...fit,
    fidelity,
    accuracy,
    seconds,
    labelsFit,
    warnings,
  }
}

/** What the answer says of pictures in files. */
function aboutPictures({ treatment, train, test }: FitInputs): Pick<FitAnswer, 'preprocess' | 'skipped'> {
  if (!treatment) return {}
  const splits = { train, test }
  const names = ['train', 'test'] as const
  return {
    preprocess: { ...treatment.preprocess, from: treatment.from },
    skipped: names.flatMap(split => (splits[split]?.pictures?.skipped ?? []).map(bad => ({ split, ...bad }))),
  }
}
