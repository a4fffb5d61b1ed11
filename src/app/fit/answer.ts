import type { SkippedPicture } from '../../data/picture-dataset.ts'
import type { PicturePreprocess } from '../../data/picture-preprocess.ts'
import type { ExplainedFit } from '../../method/fit/explained-fit.ts'
import type { Fidelity } from '../../method/fit/fidelity.ts'
import type { Bias } from '../../method/head/head-graph.ts'
import type { KernelChoice } from '../../method/head/kernel.ts'
import type { Task } from '../../method/head/task.ts'
import type { Activation } from '../../onnx/activation.ts'
import type { Device } from '../../runtime/device.ts'
import type { Manifest } from '../../store/manifest.ts'
import type { FitInputs } from './inputs.ts'
import type { Targets } from './options.ts'

/** What `fit` answers: how exact the explained fit is, and how close to the given model. */
export interface FitAnswer {
  readonly schemaVersion: 1
  readonly out: string
  readonly n: number
  readonly d: number
  readonly c: number
  /** What the outputs are */
  readonly task: Task
  readonly lambda: number
  /** What `lambda: 'auto'` tried, in order, and the fidelity that it was to reach; null where λ was given */
  readonly lambdaPath: Manifest['lambdaPath']
  readonly bias: Bias
  readonly kernel: KernelChoice
  readonly targets: Targets
  readonly activation: Activation
  readonly status: ExplainedFit['status']
  readonly iterations: number
  readonly gradientNorm: number
  /** The largest over the training examples, in logits */
  readonly completenessGap: number
  /** That over the standard deviation of the pre-activation, which has no logits under activations but softmax and sigmoid; else null */
  readonly relativeGap: number | null
  readonly fidelity: { readonly train: Fidelity | null; readonly test: Fidelity | null }
  readonly accuracy: Manifest['accuracy']
  readonly seconds: Manifest['seconds']
  /** The fit with labels, by which suspects are ranked. */
  readonly labelsFit: Manifest['labelsFit']
  /** For pictures in files: what they were put through, and the file or preset where that was found */
  readonly preprocess?: PicturePreprocess & { readonly from: string | null }
  /** Pictures that `skipBad` left out */
  readonly skipped?: readonly (SkippedPicture & { readonly split: 'train' | 'test' })[]
  /** What ran the network; the CPU where the device asked for could not, and `warnings` say why. */
  readonly device: Device
  /** What looks wrong, one sentence each */
  readonly warnings: readonly string[]
}

/** A tenth of the way from chance to certainty: a model that fits its data is beyond it. */
const NEAR_CHANCE = 0.1

/** What a person would want to be told before they trust the answers. */
export function warnings({ accuracy, classCount: c, labelsFit }: Omit<Manifest, 'files'>): string[] {
  const found: string[] = []
  for (const split of ['train', 'test'] as const) {
    const share = accuracy[split]
    if (share === null || c < 2 || share > 1 / c + NEAR_CHANCE * (1 - 1 / c)) continue
    found.push(
      `the model is right on ${(100 * share).toFixed(1)} % of the ${split} examples, about chance for ${c} classes: do the ` +
        'labels belong to these classes, in their order, and are inputs treated as when the model was trained?',
    )
  }
  if (labelsFit && labelsFit.status !== 'converged') {
    found.push(`the fit with labels is ${labelsFit.status}: suspects are ranked by it as it is`)
  }
  return found
}

export function answerOf(
  out: string,
  manifest: Omit<Manifest, 'files'>,
  warnings: readonly string[],
): FitAnswer {
  const { n, d, c, task, lambda, bias, kernel, targets, activation, fit, ...rest } = manifest
  const { deviation, ...certificate } = withoutCurve(fit)
  const isLogit = activation === 'softmax' || activation === 'sigmoid'
  return {
    schemaVersion: 1,
    out,
    n,
    d,
    c,
    task,
    lambda,
    lambdaPath: rest.lambdaPath,
    bias,
    kernel,
    targets,
    activation: activation as Activation,
    ...certificate,
    relativeGap: isLogit || !deviation ? null : fit.completenessGap / deviation,
    fidelity: rest.fidelity,
    accuracy: rest.accuracy,
    seconds: rest.seconds,
    labelsFit: rest.labelsFit && withoutCurve(rest.labelsFit),
    device: rest.device,
    warnings,
  }
}

/** How the gap went is for pictures. */
function withoutCurve({ convergence: _, ...certificate }: Manifest['fit']): Manifest['fit'] {
  return certificate
}

/** What the answer says of pictures in files. */
export function aboutPictures({
  treatment,
  train,
  test,
}: FitInputs): Pick<FitAnswer, 'preprocess' | 'skipped'> {
  if (!treatment) return {}
  const splits = { train, test }
  const names = ['train', 'test'] as const
  return {
    preprocess: { ...treatment.preprocess, from: treatment.from },
    skipped: names.flatMap(split => (splits[split]?.pictures?.skipped ?? []).map(bad => ({ split, ...bad }))),
  }
}
