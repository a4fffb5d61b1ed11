import { expectLabelsBelow, toMatrix } from '../data/arrays.ts'
import { readArray } from '../data/read-array.ts'
import { expectShape, type Matrix } from '../math/matrix.ts'
import { memoryRows, type Rows } from '../math/rows.ts'
import { Spread } from '../math/statistics.ts'
import { DEFAULT_GAP } from '../method/fit.ts'
import type { Bias } from '../method/head-graph.ts'
import type { KernelChoice } from '../method/kernel.ts'
import { expectSuitable, labelTargets, teacherTargets } from '../method/targets.ts'
import { classCountOf, type Task } from '../method/task.ts'
import { type Activation, parseActivation } from '../onnx/activation.ts'
import { UserError } from '../user-error.ts'
import type { FitInputs, Split } from './fit-inputs.ts'
import type { FitOptions, Targets } from './fit-options.ts'
import { readNames } from './names.node.ts'

/** The choices of one fit, with what follows from the inputs filled in. */
export interface Setting {
  readonly c: number
  readonly task: Task
  /** How many classes labels and predictions tell apart */
  readonly classCount: number
  readonly lambda: number
  readonly bias: Bias
  readonly kernel: KernelChoice
  readonly targets: Targets
  readonly soft: Matrix<Float32Array> | null
  readonly activation: Activation
  readonly gap: number
  readonly classes: string[] | null
  readonly ids: readonly string[]
}

/** Fills in what the options leave open, and refuses what does not fit the inputs. */
export async function settle(inputs: FitInputs, options: FitOptions): Promise<Setting> {
  const { train, givenHead } = inputs
  const { lambda = 0.003, kernel = 'plain' } = options
  // A head without a bias is explained without one: the constant feature belongs to the bias.
  const bias = options.bias ?? (givenHead && !givenHead.bias ? 'none' : 'regularised')
  const targets =
    options.targets ?? (options.soft !== undefined ? 'soft' : train.logits ? 'teacher' : 'labels')
  const activation = parseActivation(options.activation ?? '') ?? inputs.activation ?? 'softmax'
  const soft = await readSoft(options, train)
  expectTargets(targets, train)
  const c =
    train.logits?.cols ??
    givenHead?.weight.cols ??
    soft?.cols ??
    train.values?.cols ??
    (await countOutputs(inputs, activation, options.classes))
  if (soft) {
    expectShape(options.soft ?? '', [soft.rows, soft.cols], [train.features.rows, c])
    expectSuitable(soft, activation, options.soft ?? '')
  }
  if (c < 2 && activation === 'softmax') {
    throw new UserError('value', `softmax over ${c} output: expected 2 or more, choose another --activation`)
  }
  const task = taskOf(inputs, activation, c)
  expectLabels(inputs, options, { task, targets, activation, c })
  const classes = await classNames(inputs, options, task, c)
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
    gap: options.gap ?? defaultGap(activation, train, soft),
    classes,
    ids: options.ids === undefined ? ownIds('train', train) : await givenIds(options.ids, train),
  }
}

async function readSoft({ soft }: FitOptions, { pictures }: Split): Promise<Matrix<Float32Array> | null> {
  if (soft === undefined) return null
  const matrix = toMatrix(await readArray(soft, 'soft'), soft)
  const skipped = new Set(pictures?.skipped.map(({ row }) => row))
  if (skipped.size === 0) return matrix
  const kept = Array.from({ length: matrix.rows }, (_, row) => row).filter(row => !skipped.has(row))
  return memoryRows(matrix).fetch(kept)
}

function expectTargets(targets: Targets, { logits, labels, values }: Split): void {
  if (targets === 'teacher' && !logits) {
    throw new UserError(
      'usage',
      'targets teacher: expected the given model, add --model, --logits or --head-weight',
    )
  }
  if (targets === 'labels' && !labels && !values) {
    throw new UserError('usage', 'targets labels: no labels found, add --labels')
  }
}

/** Labels of one class an example ask for classes; without, the activation says what outputs are for. */
function taskOf({ train, test, hidden }: FitInputs, activation: Activation, c: number): Task {
  if (hidden) return 'units'
  if (train.values || test?.values) return activation === 'sigmoid' ? 'multi-label' : 'regression'
  if (activation === 'softmax') return 'classification'
  if (activation === 'sigmoid')
    return c === 1 || train.labels || test?.labels ? 'classification' : 'multi-label'
  return c > 1 && (train.labels || test?.labels) ? 'classification' : 'regression'
}

/** Refuses labels that outputs of this kind do not have, and targets that labels do not make. */
function expectLabels(
  { train, test }: FitInputs,
  options: FitOptions,
  { task, targets, activation, c }: Pick<Setting, 'task' | 'targets' | 'activation' | 'c'>,
): void {
  if (task === 'units' && targets === 'labels') {
    throw new UserError(
      'usage',
      'targets labels: a hidden layer has none, expected teacher, leave --targets out',
    )
  }
  if (targets === 'labels' && task === 'classification' && !['softmax', 'sigmoid'].includes(activation)) {
    throw new UserError('usage', `targets labels: expected activation softmax or sigmoid, got ${activation}`)
  }
  for (const [split, name] of [
    [train, options.labels ?? 'labels'],
    [test, options.testLabels ?? 'test labels'],
  ] as const) {
    if (split?.labels && task === 'classification') expectLabelsBelow(split.labels, classCountOf(c), name)
    if (!split?.values) continue
    expectShape(name, [split.values.rows, split.values.cols], [split.features.rows, c])
    expectSuitable(split.values, activation, name)
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
  if (classes || options.classes === undefined) return classes && [...classes]
  const count = task === 'units' ? null : task === 'classification' ? classCountOf(c) : c
  return readNames(options.classes, count, 'class')
}

/** Absolute where a logit is what people think in; else as a share of how much the pre-activation varies. */
function defaultGap(
  activation: Activation,
  { logits, values }: Split,
  soft: Matrix<Float32Array> | null,
): number {
  const scale = logits ?? soft ?? values
  if (activation === 'softmax' || activation === 'sigmoid' || !scale) return DEFAULT_GAP
  const spread = new Spread()
  for (const x of scale.data) spread.add(x)
  return DEFAULT_GAP * (spread.deviation || 1)
}

/** The names that examples have, else split/row. */
export const ownIds = (split: string, { features, ids }: Split): readonly string[] =>
  ids ?? Array.from({ length: features.rows }, (_, row) => `${split}/${row}`)

/** The user's names of all examples, without those of skipped pictures. */
async function givenIds(path: string, { features, pictures }: Split): Promise<string[]> {
  const skipped = new Set(pictures?.skipped.map(({ row }) => row))
  const names = await readNames(path, features.rows + skipped.size, 'training example')
  return names.filter((_, row) => !skipped.has(row))
}

/** T of a fit [n, c]. */
export function targetsOf(of: Targets, split: Split, { c, activation, soft }: Setting): Rows {
  const { logits, labels, values } = split
  if (of === 'teacher' && logits) return memoryRows(teacherTargets(logits, activation))
  if (of === 'soft' && soft) return memoryRows(soft)
  return values ? memoryRows(values) : labelTargets(labels ?? new Int32Array(0), c)
}

/** Whether labels make targets of their own that suspects can be ranked by. */
export function hasLabelTargets({ labels, values }: Split, { task, activation }: Setting): boolean {
  switch (task) {
    case 'classification':
      return labels !== null && (activation === 'softmax' || activation === 'sigmoid')
    case 'multi-label':
      return values !== null
    case 'regression':
      return values !== null && activation === 'identity'
    case 'units':
      return false
  }
}
