import type { Matrix } from '../../math/matrix.ts'
import { UserError } from '../../user-error.ts'
import type { Explainer } from '../explainer/explainer.ts'
import type { Action } from '../review/decisions.ts'
import { expectPossible, labelOf } from '../review/reviewed-label.ts'

/** What is to become of the label of a training example, and where that is said. */
export interface Correction {
  readonly row: number
  readonly output: number | null
  readonly action: Action
  /** Of `relabel`, else null */
  readonly newLabel: number | null
  /** The label that was corrected; null where that is not said */
  readonly given: number | null
  /** What messages call it, such as `corrections.csv: line 3` */
  readonly place: string
}

/** The labels of the training examples after corrections, and which of them are left out. */
export interface Corrected {
  readonly labels: Int32Array | null
  readonly values: Matrix<Float32Array> | null
  readonly excluded: ReadonlySet<number>
  readonly counts: {
    readonly relabelled: number
    readonly excluded: number
    readonly kept: number
    readonly review: number
  }
}

/**
 * Carries out corrections. One that was carried out before, so that the label is the new one already, changes
 * nothing. Errors: UserError where two contradict each other, where the label is another than the one corrected,
 * on labels that cannot be, and where nothing is left.
 *
 * @param labels of the explainer; copied where they change
 */
export function carryOut(
  explainer: Explainer,
  { labels, values }: Pick<Corrected, 'labels' | 'values'>,
  corrections: readonly Correction[],
): Corrected {
  const corrected = {
    labels: labels?.slice() ?? null,
    values: values && { ...values, data: values.data.slice() },
  }
  const excluded = new Set<number>()
  const counts = { relabelled: 0, excluded: 0, kept: 0, review: 0 }
  for (const correction of onceEach(explainer, corrections)) {
    const { row, output, action, newLabel } = correction
    expectGiven(explainer, correction)
    if (action === 'keep') counts.kept++
    if (action === 'review') counts.review++
    if (action === 'exclude') excluded.add(row)
    if (action !== 'relabel' || newLabel === null) continue
    if (isLabel(newLabel, labelOf(explainer, row, output))) continue
    counts.relabelled++
    if (corrected.labels) corrected.labels[row] = newLabel
    if (corrected.values && output !== null)
      corrected.values.data[row * corrected.values.cols + output] = newLabel
  }
  if (excluded.size === explainer.manifest.n) {
    throw new UserError(
      'value',
      `${explainer.directory}: all ${excluded.size} training examples are excluded, keep some`,
    )
  }
  return { ...corrected, excluded, counts: { ...counts, excluded: excluded.size } }
}

/** Each label's correction; the same one twice is one. */
function onceEach(explainer: Explainer, corrections: readonly Correction[]): Iterable<Correction> {
  const found = new Map<string, Correction>()
  for (const correction of corrections) {
    const { row, output, place } = correction
    const before = found.get(`${row} ${output}`)
    if (before && (before.action !== correction.action || before.newLabel !== correction.newLabel)) {
      throw new UserError(
        'value',
        `${place}: ${explainer.examples.ids.at(row)}: ${inWords(correction)}, but ${inWords(before)} at ${before.place}, take one out`,
      )
    }
    found.set(`${row} ${output}`, correction)
  }
  return found.values()
}

const inWords = ({ action, newLabel }: Correction): string =>
  newLabel === null ? action : `${action} to ${newLabel}`

function expectGiven(
  explainer: Explainer,
  { row, output, action, newLabel, given, place }: Correction,
): void {
  const id = explainer.examples.ids.at(row)
  const label = labelOf(explainer, row, output)
  if (action === 'relabel' && newLabel !== null) {
    expectPossible(explainer, newLabel, `${place}: ${id}`)
    if (isLabel(newLabel, label)) return
  }
  if (given === null || isLabel(given, label)) return
  throw new UserError(
    'value',
    `${place}: ${id}: given label ${given}, expected ${label} as in ${explainer.directory}, decide about it again`,
  )
}

/** Labels that are numbers are stored in single precision. */
const isLabel = (wanted: number, label: number): boolean => wanted === label || Math.fround(wanted) === label
