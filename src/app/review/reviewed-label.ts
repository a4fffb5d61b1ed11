import { lossOf } from '../../method/head/loss.ts'
import type { Activation } from '../../onnx/activation.ts'
import { UserError } from '../../user-error.ts'
import type { Explainer } from '../explainer/explainer.ts'

/*
 * Labels of training examples that are decided about: a class an example, or a number at each output.
 */

/** Refuses an explainer whose training examples have no labels of their outputs. Errors: UserError `not-found`. */
export function expectLabelled({ directory, manifest, examples, hasLabelValues }: Explainer): void {
  if (manifest.task !== 'units' && (examples.labels || hasLabelValues)) return
  const remedy =
    manifest.task === 'units'
      ? 'a hidden layer has none, run fit without --layer'
      : 'run fit again with --labels'
  throw new UserError('not-found', `${directory}: no labels to correct, ${remedy}`)
}

/**
 * The output that a decision about a label has to name, null where an example has one class. Errors: UserError
 * `usage` where it names none, or one too many; `not-found` where there is no such output.
 *
 * @param subject what messages call the example
 */
export function expectOutput(
  { manifest: { c }, hasLabelValues }: Explainer,
  output: number | null,
  subject: string,
): number | null {
  if (!hasLabelValues) {
    if (output === null) return null
    throw new UserError('usage', `${subject}: output ${output}, expected none, its label is one class`)
  }
  if (output === null) {
    throw new UserError(
      'usage',
      `${subject}: no output, expected 0 to ${c - 1}, the one whose label is meant`,
    )
  }
  if (Number.isInteger(output) && output >= 0 && output < c) return output
  throw new UserError('not-found', `output not found: ${output}, expected one of 0 to ${c - 1}`)
}

/** The label of a training example, at an output where labels are numbers. */
export function labelOf(explainer: Explainer, row: number, output: number | null): number {
  const label = output === null ? explainer.examples.labels?.[row] : explainer.labelValue(row, output)
  if (label == null) throw new Error(`${explainer.directory}: no label at row ${row}`)
  return label
}

/** Refuses a label that no example can have. Errors: UserError `value`. */
export function expectPossible(
  { manifest: { classCount, activation }, hasLabelValues }: Explainer,
  label: number,
  subject: string,
): void {
  if (!hasLabelValues) {
    if (Number.isInteger(label) && label >= 0 && label < classCount) return
    throw new UserError('value', `${subject}: class ${label}, expected 0 to ${classCount - 1}`)
  }
  const [low, high] = lossOf(activation as Activation).range
  if (Number.isFinite(label) && label >= low && label <= high) return
  const range = Number.isFinite(high - low) ? `a number from ${low} to ${high}` : `a number above ${low}`
  throw new UserError(
    'value',
    `${subject}: label ${label}, expected ${low === Number.NEGATIVE_INFINITY ? 'a finite number' : range}`,
  )
}
