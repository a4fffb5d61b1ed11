import type { ExplainedFit } from '../method/fit/explained-fit.ts'
import { accuracy, compareWithGiven } from '../method/fit/fidelity.ts'
import type { Runtime } from '../runtime/runtime.ts'
import type { Manifest } from '../store/manifest.ts'
import { ExplainerWriter } from '../store/write.node.ts'
import { VERSION } from '../version.ts'
import { aboutPictures, answerOf, type FitAnswer, warnings } from './fit-answer.ts'
import { fromArrays } from './fit-arrays.ts'
import { fitHeads, groupsOf, startOf } from './fit-heads.ts'
import type { FitInputs, Split } from './fit-inputs.ts'
import { activationOf, leftOut, otherActivation, withNumbers } from './fit-labels.ts'
import { chooseLambda } from './fit-lambda.ts'
import { fromModel } from './fit-model.ts'
import { checkFitOptions, type FitOptions } from './fit-options.ts'
import { type Setting, settle, softOf } from './fit-setting.ts'
import { storeTargets } from './fit-targets.ts'
import { type Decisions, decisionsOf, describeNetwork, writeExplainer } from './fit-write.ts'
import { openDevice, openRuntime } from './runtime.ts'

/**
 * Fits the head of a model to its own outputs or to labels, and writes an explainer: a directory with all
 * that explaining needs. Errors: UserError on anything that the user can mend; nothing is left behind then
 * but what was extracted, in a hidden folder from which the same fit goes on.
 */
export async function fit(options: FitOptions): Promise<FitAnswer> {
  checkFitOptions(options)
  const { out, force = false } = options
  // Made first, so that a place that cannot be written is found before the work is done.
  const writer = await ExplainerWriter.create(out, force)
  try {
    return await fitInto(writer, options)
  } catch (error) {
    const directory = await writer.abort()
    if (directory !== null) options.onProgress?.({ phase: 'kept', directory })
    throw error
  }
}

async function fitInto(writer: ExplainerWriter, options: FitOptions): Promise<FitAnswer> {
  const { out, signal, onProgress } = options
  const runtime = openRuntime()
  const onDevice: string[] = []

  const begin = performance.now()
  const network = await openDevice(options.device ?? 'cpu', {
    signal,
    onWarning: warning => {
      onDevice.push(warning)
      onProgress?.({ phase: 'device', warning })
    },
  })
  const given = await (options.model === undefined
    ? fromArrays(options, writer)
    : fromModel(network, options, writer, (done, total) => onProgress?.({ phase: 'features', done, total })))
  const activation = activationOf(given.activation, options)
  const soft = await softOf(options, given.train)
  const inputs = withNumbers(given, activation, soft)
  const setting = await settle(inputs, activation, soft, options)
  const targets = await storeTargets(writer, inputs, setting)
  const featureSeconds = (performance.now() - begin) / 1000

  const start = startOf(inputs, setting)
  const chosen = await chooseLambda(runtime, inputs, targets, setting, start, options)
  const heads = await fitHeads(runtime, writer, inputs, targets, setting, chosen, options)
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
    device: network.device,
    network: inputs.network && describeNetwork(inputs.network),
    sources: { train: inputs.train.source, test: inputs.test?.source ?? null },
  }
  await writeExplainer(writer, manifest, { inputs, explained, labels, train, test, setting }, signal)
  return {
    ...answerOf(out, manifest, [
      ...onDevice,
      ...leftOut(given),
      ...otherActivation(given, activation),
      ...warned,
      ...warnings(manifest),
    ]),
    ...aboutPictures(inputs),
  }
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
  { train, test }: FitInputs,
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
