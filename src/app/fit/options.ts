import type { PictureOptions } from '../../data/picture-preprocess.ts'
import type { TableChoice } from '../../data/table-roles.ts'
import type { Dtype } from '../../math/rows.ts'
import type { Bias } from '../../method/head/head-graph.ts'
import type { KernelChoice } from '../../method/head/kernel.ts'
import { ACTIVATION_NAMES, parseActivation } from '../../onnx/activation.ts'
import { DEVICES } from '../../runtime/device.ts'
import { UserError } from '../../user-error.ts'
import { HEAD_LAYOUTS, type HeadLayout } from '../explainer/given-head.ts'
import { parseMemory } from '../explainer/memory.ts'
import type { Device } from '../machine/runtime.ts'

const TARGETS = ['teacher', 'labels', 'soft'] as const
export type Targets = (typeof TARGETS)[number]

const DTYPES: readonly Dtype[] = ['float32', 'float16']
const BIASES: readonly Bias[] = ['regularised', 'free', 'none']
const KERNELS: readonly KernelChoice[] = ['plain', 'centred']

/** What `fit` takes: a model with examples, or arrays. Paths are relative to the working directory. */
export interface FitOptions extends PictureOptions {
  /** Where the explainer is written. */
  readonly out: string

  /** An ONNX model, and the examples to run it on. */
  readonly model?: string
  readonly train?: string
  readonly test?: string
  /** The layer to explain, by its name or that of the tensor it gives; the model's last one unless given. */
  readonly layer?: string
  /** What pictures in files are put through, instead of what stands beside the model. */
  readonly preprocess?: 'imagenet'
  /** Leave out pictures that cannot be read, instead of ending at the first. */
  readonly skipBad?: boolean

  /** [n, d] */
  readonly features?: string
  /** Class indices [n]; with `model` too */
  readonly labels?: string
  /** [n, c], before the activation */
  readonly logits?: string
  readonly testFeatures?: string
  readonly testLabels?: string
  readonly testLogits?: string
  readonly headWeight?: string
  readonly headBias?: string
  readonly headLayout?: HeadLayout

  /** What the head is pulled towards: soft labels where they are given, else the given model's outputs where they are known, else the labels. */
  readonly targets?: Targets
  /** Soft labels of the training examples [n, c]. */
  readonly soft?: string
  /** What the model applies after its raw logits, such as `sigmoid` or `clip:0,6`; what the model file itself does unless given, else softmax. */
  readonly activation?: string
  /** L2 strength: λ‖Θ‖² beside the mean loss. */
  readonly lambda?: number | 'auto'
  /** Pearson's correlation with the targets that `lambda: 'auto'` has to reach, below 1: 0.99 unless given. */
  readonly fidelity?: number
  readonly bias?: Bias
  /** Whether similarity is taken about the mean of the features, which a free bias allows; plain unless given. */
  readonly kernel?: KernelChoice
  /**
   * The completeness gap to stop at, in logits: 1e-4 unless given, and under activations other than softmax and
   * sigmoid 1e-4 of the standard deviation of the pre-activation.
   */
  readonly gap?: number
  /** Iterations of the solver, after which the fit ends as it is. */
  readonly maxIterations?: number

  /** Columns of tables, where they are called otherwise than `label` and `id`. */
  readonly labelColumn?: string
  readonly idColumn?: string

  /** Files with the training examples' ids and the outputs' names: one a line, or a JSON array. */
  readonly ids?: string
  readonly classes?: string

  /** What runs the network: the CPU unless given, and where the device cannot be used. */
  readonly device?: Device
  /** Replace an explainer that is there. */
  readonly force?: boolean

  /** How features are stored, and fitted to; float16 where the file of the features has them so, else float32. */
  readonly dtype?: Dtype
  /**
   * The memory that the fit may take, in bytes or as `2GiB`; what is beyond is read from the disk in every pass. 60 %
   * of what a process may use here unless given.
   */
  readonly memory?: number | string

  readonly onProgress?: (progress: FitProgress) => void
  readonly signal?: AbortSignal | undefined
}

/** What `fit` is doing. */
export type FitProgress =
  /** What pictures are put through, in one line */
  | { readonly phase: 'pictures'; readonly note: string }
  /** Why the CPU does the work of the device asked for, in one sentence */
  | { readonly phase: 'device'; readonly warning: string }
  /** An earlier run that was stopped had extracted `done` examples of a split */
  | {
      readonly phase: 'resuming'
      readonly split: 'train' | 'test'
      readonly done: number
      readonly total: number
    }
  /** What an earlier run extracted of a split cannot be used, since these differ */
  | { readonly phase: 'anew'; readonly split: 'train' | 'test'; readonly differs: readonly string[] }
  | { readonly phase: 'features'; readonly done: number; readonly total: number }
  /** A λ was tried on the way to the fidelity that is wanted */
  | { readonly phase: 'lambda'; readonly lambda: number; readonly pearson: number | null }
  | { readonly phase: 'fit'; readonly of: Targets; readonly evaluations: number; readonly gapBound: number }
  | { readonly phase: 'alpha' | 'index' | 'write' }
  /** The fit ended before it was done; what was extracted is in `directory`, for the same fit to go on from */
  | { readonly phase: 'kept'; readonly directory: string }

/** Which columns of tables are what, as far as the user says. */
export function tableChoice({ labelColumn, idColumn }: FitOptions): TableChoice {
  return { ...(labelColumn !== undefined && { labelColumn }), ...(idColumn !== undefined && { idColumn }) }
}

/** Refuses what can be refused before anything is read. */
export function checkFitOptions(options: FitOptions): void {
  const { lambda, gap, maxIterations, targets, activation, bias, kernel, headLayout } = options
  if (typeof options.out !== 'string' || options.out === '') {
    throw new UserError('usage', 'out: missing, expected the directory to write')
  }
  if (lambda !== 'auto') expectPositive('lambda', lambda)
  expectFidelity(options)
  expectPositive('gap', gap)
  if (maxIterations !== undefined && !(Number.isInteger(maxIterations) && maxIterations >= 0)) {
    throw new UserError('usage', `max-iterations: ${maxIterations}, expected a whole number, 0 or more`)
  }
  expectOneOf('targets', targets, TARGETS)
  expectActivation(activation)
  expectOneOf('bias', bias, BIASES)
  expectOneOf('kernel', kernel, KERNELS)
  expectOneOf('head-layout', headLayout, HEAD_LAYOUTS)
  expectOneOf('device', options.device, DEVICES)
  expectOneOf('dtype', options.dtype, DTYPES)
  if (options.memory !== undefined) parseMemory(options.memory)
  refuseTogether(options)
}

function expectFidelity({ fidelity, lambda, targets }: FitOptions): void {
  if (fidelity !== undefined && !(fidelity > 0 && fidelity < 1)) {
    throw new UserError('usage', `fidelity: ${fidelity}, expected a correlation between 0 and 1`)
  }
  if (fidelity !== undefined && lambda !== 'auto') {
    throw new UserError('usage', '--fidelity: needs --lambda auto, which looks for it')
  }
  if (lambda === 'auto' && targets === 'labels') {
    throw new UserError(
      'usage',
      '--lambda auto: expected --targets teacher or soft, which it comes close to; labels ask for a number',
    )
  }
}

function expectPositive(name: string, value: number | undefined): void {
  if (value === undefined || (Number.isFinite(value) && value > 0)) return
  throw new UserError('usage', `${name}: ${value}, expected a number above 0`)
}

function expectOneOf(name: string, value: string | undefined, allowed: readonly string[]): void {
  if (value === undefined || allowed.includes(value)) return
  throw new UserError('usage', `${name} not found: ${value}, expected one of ${allowed.join(', ')}`)
}

function expectActivation(activation: string | undefined): void {
  if (activation === undefined || parseActivation(activation) !== null) return
  throw new UserError(
    'usage',
    `activation not found: ${activation}, expected one of ${ACTIVATION_NAMES.join(', ')}, with numbers as in clip:0,6`,
  )
}

const ARRAYS_ONLY = [
  'features',
  'logits',
  'testFeatures',
  'testLogits',
  'headWeight',
  'headBias',
  'headLayout',
] as const
/** For pictures in files of their own */
export const PICTURES_ONLY = ['size', 'crop', 'filter', 'channels', 'preprocess', 'skipBad'] as const
const MODEL_ONLY = ['layer', 'train', 'test', 'scale', 'mean', 'std', ...PICTURES_ONLY] as const

/** Options of the other way to start, and parts without their whole, would be silently ignored. */
function refuseTogether(options: FitOptions): void {
  const given = (name: keyof FitOptions) => options[name] !== undefined
  const flag = (name: string) => `--${name.replace(/[A-Z]/g, letter => `-${letter.toLowerCase()}`)}`
  if (given('model') && given('features')) {
    throw new UserError('usage', '--model and --features: expected one of them, leave one out')
  }
  const foreign = (given('model') ? ARRAYS_ONLY : MODEL_ONLY).find(given)
  if (foreign !== undefined) {
    throw new UserError(
      'usage',
      `${flag(foreign)}: goes with ${given('model') ? '--features' : '--model'}, which is not given`,
    )
  }
  const needs: readonly (readonly [keyof FitOptions, keyof FitOptions])[] = [
    ['headBias', 'headWeight'],
    ['testLogits', 'testFeatures'],
    ['testLabels', given('model') ? 'test' : 'testFeatures'],
    // Only a network runs on it.
    ...(options.device === 'cpu' ? [] : [['device', 'model'] as const]),
  ]
  if (options.targets === 'soft' && !given('soft')) {
    throw new UserError('usage', '--targets soft: needs --soft FILE with the soft labels')
  }
  if (given('soft') && (options.targets ?? 'soft') !== 'soft') {
    throw new UserError(
      'usage',
      `--soft with --targets ${options.targets}: expected one of them, leave one out`,
    )
  }
  if (options.kernel === 'centred' && options.bias !== 'free') {
    throw new UserError(
      'usage',
      '--kernel centred: expected --bias free, without which centred values do not add up to the logit',
    )
  }
  for (const [part, whole] of needs) {
    if (given(part) && !given(whole)) throw new UserError('usage', `${flag(part)}: needs ${flag(whole)} too`)
  }
}
