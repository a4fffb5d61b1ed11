import { lossOf } from '../../method/head/loss.ts'
import type { Task } from '../../method/head/task.ts'
import type { RankedSuspicion } from '../../method/scores/ranked.ts'
import type { Activation } from '../../onnx/activation.ts'
import type { Explainer } from './explainer.ts'
import type { Scoring } from './label-scores.ts'

/**
 * A training example whose label is doubted. A label is the index of a class; where each output has a label of
 * its own it is a number, from 0 for no to 1 for yes, or what a regression is to give.
 */
export interface Suspect {
  /** 1 for the worst */
  readonly rank: number
  readonly row: number
  readonly id: string
  /** The output whose label is doubted; null where an example has one class */
  readonly output: number | null
  /** As given */
  readonly label: number
  /** What the score takes it for, or, where that says nothing of it, the explained fit; may be the label itself */
  readonly suggested: number
  /** What the given model says where it is known, else the fitted head */
  readonly predicted: number
  /** By the score that was asked for; high = worse */
  readonly suspicion: number
}

/** Suspects, the worst first. Errors: UserError where `fit` had no labels, or the score needs what is not there. */
export async function suspectsOf(
  explainer: Explainer,
  k = explainer.manifest.n,
  scoring: Scoring = {},
): Promise<Suspect[]> {
  const ranked = await explainer.rankSuspects(k, scoring)
  const labelAt = labelsAt(explainer)
  const suspects: Suspect[] = []
  for (const suspicion of ranked) {
    const { row } = suspicion
    const at = await labelAt(suspicion)
    suspects.push({
      rank: suspects.length + 1,
      row,
      id: explainer.examples.ids.at(row),
      ...at,
      suggested: suspicion.suggested ?? at.suggested,
      suspicion: suspicion.suspicion,
    })
  }
  return suspects
}

type LabelAt = Pick<Suspect, 'output' | 'label' | 'suggested' | 'predicted'>

/** What can be doubted about an example: its class, or its label at one output. */
export function labelsAt(
  explainer: Explainer,
): (at: Pick<RankedSuspicion, 'row' | 'output'>) => Promise<LabelAt> | LabelAt {
  const { labels, fitted, predicted } = explainer.examples
  if (!explainer.hasLabelValues) {
    return ({ row }) => ({
      output: null,
      label: labels?.[row] ?? -1,
      suggested: fitted[row],
      predicted: predicted[row],
    })
  }
  const { task, activation } = explainer.manifest
  const { activate } = lossOf(activation as Activation)
  const said = (logits: ArrayLike<number>, output: number): number => {
    if (task === 'multi-label') return Number(logits[output] > 0)
    const row = new Float64Array(logits)
    activate(row)
    return row[output]
  }
  return async ({ row, output }) => {
    const logits = await explainer.storedLogits('train', row)
    return {
      output,
      label: explainer.labelValue(row, output) ?? Number.NaN,
      suggested: said(logits.fitted, output),
      predicted: said(logits.given ?? logits.fitted, output),
    }
  }
}

/** A label in words: a class, `cat` or `not cat`, or a number. */
export function labelWords(
  { task, classes, outputs }: LabelNames,
  { output }: Pick<Suspect, 'output'>,
  label: number,
): string {
  if (output === null) return classes?.[label] ?? String(label)
  const name = outputs?.[output] ?? `output ${output}`
  if (task === 'multi-label' && Number.isInteger(label)) return label > 0 ? name : `not ${name}`
  return outputs || output > 0 ? `${name}: ${brief(label)}` : brief(label)
}

/** What labels are called, as answers say it. */
export interface LabelNames {
  readonly task: Task
  /** Of classes */
  readonly classes: readonly string[] | null
  /** Of outputs */
  readonly outputs: readonly string[] | null
}

const brief = (x: number): string => String(Number(x.toPrecision(5)))
