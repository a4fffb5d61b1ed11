import type { ExplainedFit } from '../../method/fit/explained-fit.ts'
import { accuracy, compareWithGiven } from '../../method/fit/fidelity.ts'
import type { Runtime } from '../../runtime/runtime.ts'
import type { Manifest } from '../../store/manifest.ts'
import type { ExplainerWriter } from '../../store/write.node.ts'
import { VERSION } from '../../version.ts'
import { fitHeads, groupsOf, type Starts } from './heads.ts'
import type { FitInputs, Split } from './inputs.ts'
import { chooseLambda } from './lambda.ts'
import type { FitOptions } from './options.ts'
import type { Setting } from './setting.ts'
import { storeTargets } from './targets.ts'
import { type Decisions, decisionsOf, writeExplainer } from './write.ts'

/** What a manifest says that no fit finds out. */
export type Origin = Pick<Manifest, 'device' | 'network' | 'correctedFrom'>

/** All that an explainer is made of: features and logits are written already, and the network's files. */
export interface Ingredients {
  readonly inputs: Pick<FitInputs, 'plan' | 'train' | 'test' | 'givenHead'>
  readonly setting: Setting
  readonly starts: Starts
  readonly origin: Origin
  /** When the features were begun, as `performance.now` has it */
  readonly begin: number
}

/** How heads are fitted, and who is told. */
export type FittingOptions = Pick<FitOptions, 'maxIterations' | 'fidelity' | 'signal' | 'onProgress'>

/** An explainer that was written, and what went otherwise than it was meant to, one sentence each. */
export interface MadeExplainer {
  readonly manifest: Omit<Manifest, 'files'>
  readonly warned: readonly string[]
}

/**
 * Fits the heads of what is given and writes the explainer. Errors: UserError; whoever made the writer aborts it
 * then.
 */
export async function makeExplainer(
  runtime: Runtime,
  writer: ExplainerWriter,
  { inputs, setting, starts, origin, begin }: Ingredients,
  options: FittingOptions,
): Promise<MadeExplainer> {
  const { signal, onProgress } = options
  const targets = await storeTargets(writer, inputs, setting)
  const featureSeconds = (performance.now() - begin) / 1000

  const chosen = await chooseLambda(runtime, inputs, targets, setting, starts.explained, options)
  const heads = await fitHeads(runtime, writer, inputs, targets, setting, chosen, starts, options)
  const { explained, labels, warned } = heads
  const grouping = groupsOf(inputs.train, setting)
  const train = await compare(runtime, inputs.train, explained, setting)
  const test = inputs.test && (await compare(runtime, inputs.test, explained, setting))
  signal?.throwIfAborted()

  onProgress?.({ phase: 'write' })
  const manifest: Omit<Manifest, 'files'> = {
    formatVersion: 1,
    madeBy: `representer ${VERSION}`,
    n: inputs.train.features.rows,
    d: inputs.train.features.cols,
    dtype: inputs.train.features.dtype,
    c: setting.c,
    task: setting.task,
    classCount: setting.classCount,
    tests: inputs.test?.features.rows ?? 0,
    lambda: chosen.lambda,
    lambdaPath: chosen.path && { wanted: chosen.path.wanted, points: [...chosen.path.points] },
    bias: setting.bias,
    kernel: setting.kernel,
    targets: setting.targets,
    activation: setting.activation,
    gap: setting.gap,
    classes: setting.classes,
    ...grouping,
    nonNegative: explained.index.nonNegative,
    fit: certificate(explained),
    labelsFit: labels && certificate(labels),
    fidelity: { train: train.fidelity, test: test?.fidelity ?? null },
    accuracy: accuracies(inputs, setting, train, test),
    seconds: { features: featureSeconds, ...explained.seconds },
    ...origin,
    sources: { train: inputs.train.source, test: inputs.test?.source ?? null },
  }
  await writeExplainer(writer, manifest, { inputs, explained, labels, train, test, setting }, signal)
  return { manifest, warned }
}

/** The fidelity and the predictions over one split. */
async function compare(
  runtime: Runtime,
  split: Split,
  { theta, residual, kernel }: ExplainedFit,
  { task, activation }: Setting,
): Promise<Decisions> {
  const head = { features: split.features, theta, residual, kernel, activation, task }
  return decisionsOf(split, await compareWithGiven(runtime, head, split.logits), task)
}

function accuracies(
  { train, test }: Pick<FitInputs, 'train' | 'test'>,
  { task }: Setting,
  ofTrain: Decisions,
  ofTest: Decisions | null,
): Manifest['accuracy'] {
  const given = (split: Split | null, answer: Decisions | null): number | null =>
    split?.labels && answer && task === 'classification' ? accuracy(answer.decided, split.labels) : null
  const fitted = (split: Split | null, answer: Decisions | null): number | null =>
    split?.labels && answer && task === 'classification' ? accuracy(answer.predictions, split.labels) : null
  return {
    train: given(train, ofTrain),
    test: given(test, ofTest),
    fittedTrain: fitted(train, ofTrain),
    fittedTest: fitted(test, ofTest),
  }
}

function certificate(fit: ExplainedFit): Manifest['fit'] {
  const { status, iterations, gradientNorm, completenessGap, deviation, convergence } = fit
  return {
    status,
    iterations,
    gradientNorm,
    completenessGap,
    deviation: Number.isFinite(deviation) ? deviation : null,
    convergence: convergence.map(({ evaluations, gapBound }) => [evaluations, gapBound]),
  }
}
