import { expectClasses, expectLabelsBelow } from '../../data/arrays.ts'
import { expectShape, type Matrix } from '../../math/matrix.ts'
import { expectSuitable } from '../../method/head/targets.ts'
import { classCountOf, type Task } from '../../method/head/task.ts'
import { type Activation, parseActivation } from '../../onnx/activation.ts'
import { UserError } from '../../user-error.ts'
import type { FitInputs, Split } from './inputs.ts'
import type { FitOptions, Targets } from './options.ts'

/** σ: what the user says, else what the model does, else a softmax. */
export function activationOf(ofModel: Activation | null, { activation }: FitOptions): Activation {
  return parseActivation(activation ?? '') ?? ofModel ?? 'softmax'
}

/** Activations after which outputs are probabilities: of classes, or of labels. */
export const isProbability = (activation: Activation): boolean =>
  activation === 'softmax' || activation === 'sigmoid'

/**
 * Refuses labels that c outputs of an activation cannot have: a softmax takes one class an example, others a
 * class or as many numbers as there are outputs. Errors: UserError, naming the first.
 */
export function expectLabels(
  { labels, values }: Pick<Split, 'labels' | 'values'>,
  name: string,
  activation: Activation,
  c: number,
): void {
  if (values && activation === 'softmax') expectClasses(values, name)
  if (labels && (isProbability(activation) || c > 1)) expectLabelsBelow(labels, classCountOf(c), name)
  if (!values) return
  expectShape(name, [values.rows, values.cols], [values.rows, c])
  expectSuitable(values, activation, name)
}

/** Refuses class indices beyond the names of the classes. Errors: UserError `value`, naming the first. */
export function expectNamed(
  { labels }: Pick<Split, 'labels'>,
  name: string,
  classes: readonly string[],
): void {
  const row = labels?.findIndex(label => label >= classes.length) ?? -1
  if (!labels || row < 0) return
  throw new UserError(
    'value',
    `${name}: label ${labels[row]} at row ${row}, expected 0 to ${classes.length - 1}, one of the class names`,
  )
}

/**
 * The inputs with whole numbers as what a regression is to give, where one output is to give numbers. Labels
 * of a hidden layer only group its examples, so those that are numbers are left out: others than class indices,
 * or indices of more classes than there are examples.
 */
export function withNumbers(
  inputs: FitInputs,
  activation: Activation,
  soft: Pick<Matrix, 'cols'> | null,
): FitInputs {
  const { train, test, givenHead, hidden } = inputs
  if (hidden) {
    const areClasses = groupsLabels(inputs)
    return withSplits(inputs, split => ({ ...split, labels: areClasses ? split.labels : null, values: null }))
  }
  const c = train.logits?.cols ?? givenHead?.weight.cols ?? soft?.cols ?? train.values?.cols ?? 1
  const areNumbers = !isProbability(activation) || train.values !== null || test?.values != null
  if (c !== 1 || !areNumbers || activation === 'softmax') return inputs
  return withSplits(inputs, asNumbers)
}

/** What is said of an activation that is not the one that follows a hidden layer in the model. */
export function otherActivation({ hidden, activation }: FitInputs, chosen: Activation): string[] {
  if (!hidden || chosen === activation || chosen === 'identity') return []
  return [`the model applies ${activation} behind this layer, which is explained as if it were ${chosen}`]
}

/** Whether whole numbers can be indices of classes: there are not more of these than of examples. */
function groupsLabels({ train, test }: FitInputs): boolean {
  const n = train.features.rows
  return [train, test].every(split => split?.labels?.every(label => label < n) ?? true)
}

function withSplits(inputs: FitInputs, change: (split: Split) => Split): FitInputs {
  const { train, test } = inputs
  return { ...inputs, train: change(train), test: test && change(test) }
}

/** What is said of labels that `withNumbers` leaves out, one sentence each. */
export function leftOut(inputs: FitInputs): string[] {
  const { train, test, hidden } = inputs
  if (!hidden || (!train.values && !test?.values && groupsLabels(inputs))) return []
  return ['the labels are numbers, which units of a hidden layer have none of: they are left out']
}

function asNumbers(split: Split): Split {
  const { labels } = split
  if (!labels) return split
  const values = { rows: labels.length, cols: 1, data: Float32Array.from(labels) }
  return { ...split, labels: null, values }
}

/** Labels of one class an example ask for classes; without, the activation says what outputs are for. */
export function taskOf({ train, test, hidden }: FitInputs, activation: Activation, c: number): Task {
  if (hidden) return 'units'
  const hasClasses = Boolean(train.labels || test?.labels)
  if (train.values || test?.values) return activation === 'sigmoid' ? 'multi-label' : 'regression'
  if (activation === 'softmax') return 'classification'
  if (activation === 'sigmoid') return c === 1 || hasClasses ? 'classification' : 'multi-label'
  return hasClasses ? 'classification' : 'regression'
}

/** Refuses targets that the inputs do not make. Errors: UserError `usage`. */
export function expectTargets(
  targets: Targets,
  { train, hidden }: { readonly train: Pick<Split, 'labels' | 'values'>; readonly hidden: boolean },
  activation: Activation,
  hasTeacher: boolean,
): void {
  const { labels, values } = train
  if (targets === 'teacher' && !hasTeacher) {
    throw new UserError(
      'usage',
      'targets teacher: expected the given model, add --model, --logits or --head-weight',
    )
  }
  if (targets !== 'labels') return
  if (hidden) {
    throw new UserError('usage', 'targets labels: a hidden layer has none, expected teacher, leave it out')
  }
  if (!labels && !values) throw new UserError('usage', 'targets labels: no labels found, add --labels')
  if (labels && !isProbability(activation)) {
    throw new UserError('usage', `targets labels: expected activation softmax or sigmoid, got ${activation}`)
  }
}
