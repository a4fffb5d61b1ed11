import { openRows } from '../../data/array-rows.ts'
import { expectFinite } from '../../data/arrays.ts'
import { openArrays } from '../../data/read-array.ts'
import { widened } from '../../math/float16.ts'
import { expectShape } from '../../math/matrix.ts'
import { mapRows, memoryRows, type Rows } from '../../math/rows.ts'
import { Spread } from '../../math/statistics.ts'
import { DEFAULT_GAP } from '../../method/fit/fit.ts'
import type { Bias } from '../../method/head/head-graph.ts'
import type { KernelChoice } from '../../method/head/kernel.ts'
import { expectSuitable } from '../../method/head/targets.ts'
import { classCountOf, type Task } from '../../method/head/task.ts'
import type { Activation } from '../../onnx/activation.ts'
import { UserError } from '../../user-error.ts'
import type { FitInputs, Split } from './inputs.ts'
import { expectLabels, expectNamed, expectTargets, isProbability, taskOf } from './labels.ts'
import type { FitOptions, Targets } from './options.ts'
import { readNames } from './read-names.node.ts'

/** The choices of one fit, with what follows from the inputs filled in. */
export interface Setting {
  readonly c: number
  readonly task: Task
  /** How many classes labels and predictions tell apart */
  readonly classCount: number
  /** `auto` until it is chosen */
  readonly lambda: number | 'auto'
  readonly bias: Bias
  readonly kernel: KernelChoice
  readonly targets: Targets
  readonly soft: Rows | null
  readonly activation: Activation
  readonly gap: number
  readonly classes: string[] | null
  /** The user's names of the training examples; null to take those that they have */
  readonly ids: readonly string[] | null
}

/** Fills in what the options leave open, and refuses what does not fit the inputs. */
export async function settle(
  inputs: FitInputs,
  activation: Activation,
  soft: Rows | null,
  options: FitOptions,
): Promise<Setting> {
  const { train, givenHead } = inputs
  const { lambda = 0.003, kernel = 'plain' } = options
  // A head without a bias is explained without one: the constant feature belongs to the bias.
  const bias = options.bias ?? (givenHead && !givenHead.bias ? 'none' : 'regularised')
  const targets =
    options.targets ?? (options.soft !== undefined ? 'soft' : train.logits ? 'teacher' : 'labels')
  expectTargets(targets, inputs, activation, train.logits !== null)
  if (lambda === 'auto' && targets === 'labels') {
    throw new UserError(
      'usage',
      "--lambda auto: needs the given model's outputs to come close to, give --lambda a number",
    )
  }
  const c =
    train.logits?.cols ??
    givenHead?.weight.cols ??
    soft?.cols ??
    train.values?.cols ??
    (await countOutputs(inputs, activation, options.classes))
  if (soft) {
    expectShape(options.soft ?? '', [soft.rows, soft.cols], [train.features.rows, c])
    await expectSoft(soft, activation, options.soft ?? '')
  }
  // Before a softmax over one column of numbers is complained about.
  if (!inputs.hidden) expectLabels(train, options.labels ?? 'labels', activation, c)
  if (c < 2 && activation === 'softmax') {
    throw new UserError('value', `softmax over ${c} output: expected 2 or more, choose another --activation`)
  }
  const task = taskOf(inputs, activation, c)
  if (task !== 'units' && inputs.test) {
    expectLabels(inputs.test, options.testLabels ?? 'test labels', activation, c)
  }
  const classes = await classNames(inputs, options, task, c)
  if (task === 'units' && classes) {
    expectNamed(train, options.labels ?? 'labels', classes)
    if (inputs.test) expectNamed(inputs.test, options.testLabels ?? 'test labels', classes)
  }
  return {
    c,
    task,
    classCount: task === 'classification' ? classCountOf(c) : (classes?.length ?? largestLabel(inputs) + 1),
    lambda,
    bias,
    kernel,
    targets,
    soft,
    activation,
    gap: options.gap ?? (await defaultGap(activation, train, soft)),
    classes,
    ids: options.ids === undefined ? null : await givenIds(options.ids, train),
  }
}

/**
 * Soft labels of so many training examples, skipped pictures among them, for c outputs. Errors: UserError where they
 * do not fit.
 *
 * @param c null where nothing else tells it
 */
export async function openSoft({ soft }: FitOptions, count: number, c: number | null): Promise<Rows | null> {
  if (soft === undefined) return null
  const { rows } = await openRows(await openArrays(soft), 'soft')
  expectShape(soft, [rows.rows, rows.cols], [count, c ?? rows.cols])
  return mapRows(rows, rows.cols, widened)
}

/** Soft labels of the examples that are there. */
export async function softOf(options: FitOptions, { features, pictures }: Split): Promise<Rows | null> {
  const skipped = new Set(pictures?.skipped.map(({ row }) => row))
  const soft = await openSoft(options, features.rows + skipped.size, null)
  if (!soft || skipped.size === 0) return soft
  return memoryRows(
    await soft.fetch(Array.from({ length: soft.rows }, (_, row) => row).filter(row => !skipped.has(row))),
  )
}

async function expectSoft(soft: Rows, activation: Activation, name: string): Promise<void> {
  for await (const { start, matrix } of soft.blocks(4096)) {
    expectFinite(matrix, name, start)
    expectSuitable(matrix, activation, name, start)
  }
}

/** With labels alone: as many outputs as there are class names, else as the labels name; one of two under sigmoid. */
async function countOutputs(
  inputs: FitInputs,
  activation: Activation,
  classes: string | undefined,
): Promise<number> {
  const named = inputs.classes?.length ?? (classes && (await readNames(classes, null, 'class')).length)
  const c = named || largestLabel(inputs) + 1
  return activation === 'sigmoid' && c <= 2 ? 1 : c
}

function largestLabel({ train, test }: FitInputs): number {
  let largest = -1
  for (const split of [train, test])
    for (const label of split?.labels ?? []) largest = Math.max(largest, label)
  return largest
}

/** Names of the classes, or of the outputs where these are none; of a hidden layer's labels as many as are named. */
async function classNames(
  { classes }: FitInputs,
  options: FitOptions,
  task: Task,
  c: number,
): Promise<string[] | null> {
  const count = task === 'units' ? null : task === 'classification' ? classCountOf(c) : c
  if (!classes) return options.classes === undefined ? null : readNames(options.classes, count, 'class')
  if (count === null || classes.length === count) return [...classes]
  throw new UserError(
    'shape',
    `${options.classes ?? 'classes'}: ${classes.length} names, expected ${count}, one for each class`,
  )
}

/** Absolute where a logit is what people think in; else as a share of how much the pre-activation varies. */
async function defaultGap(
  activation: Activation,
  { logits, values }: Split,
  soft: Rows | null,
): Promise<number> {
  const scale = logits ?? soft ?? (values && memoryRows(values))
  if (isProbability(activation) || !scale) return DEFAULT_GAP
  const spread = new Spread()
  for await (const { matrix } of scale.blocks(4096)) for (const x of matrix.data) spread.add(x)
  return DEFAULT_GAP * (spread.deviation || 1)
}

/** The user's names of all examples, without those of skipped pictures. */
async function givenIds(path: string, { features, pictures }: Split): Promise<string[]> {
  const skipped = new Set(pictures?.skipped.map(({ row }) => row))
  const names = await readNames(path, features.rows + skipped.size, 'training example')
  return names.filter((_, row) => !skipped.has(row))
}
