import { lossOf } from '../../method/head/loss.ts'
import type { Activation } from '../../onnx/activation.ts'
import { UserError } from '../../user-error.ts'
import type { Explainer } from '../explainer/explainer.ts'
import { defaultScoreOf } from '../explainer/label-scores.ts'
import { labelsAt } from '../explainer/suspect.ts'
import type { Decision, Review } from './decisions.ts'

/** A label as a table has it: a class by its name where it has one, else a number. */
export type LabelCell = string | number

/**
 * A row of corrections, by the names of the columns. The last three are called and directed as cleanlab's Datalab
 * has them.
 */
export interface CorrectionRow {
  readonly id: string
  /** Left out where pictures do not stand in files of their own */
  readonly path?: string
  /** By its name, else its index; left out where an example has one class */
  readonly output?: string
  readonly given_label: LabelCell
  /** Of `relabel`, else null */
  readonly new_label: LabelCell | null
  /** null for an example that was selected and not decided about */
  readonly action: Decision['action'] | null
  /** High = worse; null where there is no fit with labels, or it doubts another output of the example most */
  readonly suspicion: number | null
  /** 1 for the worst of all training examples */
  readonly rank: number | null
  readonly suggested_label: LabelCell
  readonly reviewer: string | null
  readonly reviewed_at: string | null
  readonly note: string | null
  /** As a person decided, else whether something else is suggested; null where numbers are to be given */
  readonly is_label_issue: boolean | null
  /** From 0 for the worst to 1 */
  readonly label_score: number | null
  readonly predicted_label: LabelCell
}

/**
 * The decisions of a review as rows of a table; with `rows`, those about the training examples selected, and these
 * themselves where nothing was decided. Errors: UserError `not-found` on rows that do not exist.
 */
export async function correctionsTable(
  explainer: Explainer,
  review: Review,
  rows: readonly number[] | null = null,
): Promise<CorrectionRow[]> {
  const ranked = await rankedBy(explainer)
  const labelAt = labelsAt(explainer)
  const table: CorrectionRow[] = []
  for (const about of chosen(explainer, review, rows, ranked)) {
    const { row, output, decision } = about
    const at = await labelAt({ row, output: output ?? 0 })
    const found = ranked.get(row)
    // Outputs are ranked by the one that is doubted most.
    const suspicion = found && (output === null || found.output === output) ? found : null
    const given = decision?.label ?? at.label
    const suggested = suspicion?.suggested ?? at.suggested
    table.push({
      id: explainer.examples.ids.at(row),
      ...(explainer.examples.paths && { path: explainer.examples.paths[row] }),
      ...(output !== null && { output: explainer.names.output(output) }),
      given_label: cellOf(explainer, given),
      new_label: decision?.newLabel == null ? null : cellOf(explainer, decision.newLabel),
      action: decision?.action ?? null,
      suspicion: suspicion?.suspicion ?? null,
      rank: suspicion?.rank ?? null,
      suggested_label: cellOf(explainer, suggested),
      reviewer: decision?.reviewer || null,
      reviewed_at: decision?.at ?? null,
      note: decision?.note || null,
      is_label_issue: isIssue(explainer, decision, given !== suggested),
      label_score: suspicion && scoreOf(explainer, suspicion.suspicion),
      predicted_label: cellOf(explainer, at.predicted),
    })
  }
  return table
}

interface Ranked {
  readonly rank: number
  readonly output: number
  readonly suspicion: number
  readonly suggested: number | null
}

async function rankedBy(explainer: Explainer): Promise<ReadonlyMap<number, Ranked>> {
  const { labelsFit, n } = explainer.manifest
  if (labelsFit === null) return new Map()
  const suspicions = await explainer.rankSuspects(n)
  return new Map(suspicions.map(({ row, ...rest }, at) => [row, { rank: at + 1, ...rest }]))
}

/** What a row of the table is about. */
interface About {
  readonly row: number
  readonly output: number | null
  readonly decision: Decision | null
}

function* chosen(
  explainer: Explainer,
  { decisions }: Review,
  rows: readonly number[] | null,
  ranked: ReadonlyMap<number, Ranked>,
): Generator<About> {
  if (rows === null) {
    for (const decision of decisions) yield { ...decision, decision }
    return
  }
  const { n } = explainer.manifest
  const byRow = new Map<number, Decision[]>()
  for (const decision of decisions) byRow.set(decision.row, [...(byRow.get(decision.row) ?? []), decision])
  for (const row of new Set(rows)) {
    if (!Number.isInteger(row) || row < 0 || row >= n) {
      throw new UserError('not-found', `example not found: train/${row}, expected 0 to ${n - 1}`)
    }
    const about = byRow.get(row)
    if (about) for (const decision of about) yield { ...decision, decision }
    else
      yield { row, output: explainer.hasLabelValues ? (ranked.get(row)?.output ?? 0) : null, decision: null }
  }
}

function cellOf({ names, manifest, hasLabelValues }: Explainer, label: number): LabelCell {
  return hasLabelValues || manifest.classes === null ? label : names.class(label)
}

function isIssue({ manifest }: Explainer, decision: Decision | null, differs: boolean): boolean | null {
  if (decision && decision.action !== 'review') return decision.action !== 'keep'
  return manifest.task === 'regression' ? null : differs
}

/**
 * Of the default score, what speaks for the label against the best of the others. α is the residual over 2λn; that
 * of a probability is its distance from the label.
 */
function scoreOf({ manifest }: Explainer, suspicion: number): number {
  if (defaultScoreOf(manifest) !== 'alpha') return 1 - suspicion
  const residual = 2 * manifest.lambda * manifest.n * suspicion
  const [low, high] = lossOf(manifest.activation as Activation).range
  return low === 0 && high === 1 ? Math.min(1, Math.max(0, 1 - residual)) : 1 / (1 + residual)
}
