import { encodeCsv } from '../../../src/formats/csv.ts'
import type { Decision, ExplainerInfo, SuspectsPage } from '../../../src/server/wire.ts'
import type { Names } from '../names.ts'
import { keyOf } from './queue.ts'

/**
 * Decisions as the server exports them, as far as a report knows: the same columns but for the path of a picture
 * and the score of a label. High suspicion = worse.
 */
export function correctionsCsv(
  decisions: readonly Decision[],
  suspects: SuspectsPage['suspects'],
  { task, classes }: Pick<ExplainerInfo, 'task' | 'classes'>,
  names: Names,
): string {
  const ranked = new Map(suspects.map(suspect => [keyOf(suspect), suspect]))
  const hasOutputs = task !== 'classification'
  const labelCell = (label: number | null): string | number | null =>
    label === null || hasOutputs || classes === null ? label : names.class(label)
  return encodeCsv(
    [
      'id',
      ...(hasOutputs ? ['output'] : []),
      'given_label',
      'new_label',
      'action',
      'suspicion',
      'rank',
      'suggested_label',
      'reviewer',
      'reviewed_at',
      'note',
      'is_label_issue',
      'predicted_label',
    ],
    decisions.map(decision => {
      const { id, output, label, newLabel, action, reviewer, at, note } = decision
      const suspect = ranked.get(keyOf(decision)) ?? null
      return [
        id,
        ...(hasOutputs ? [output === null ? null : names.output(output)] : []),
        labelCell(label),
        labelCell(newLabel),
        action,
        suspect?.suspicion ?? null,
        suspect?.rank ?? null,
        labelCell(suspect?.suggested ?? null),
        reviewer,
        at,
        note,
        isIssue(action, label, suspect?.suggested ?? label) ? 'True' : 'False',
        labelCell(suspect?.predicted ?? null),
      ]
    }),
  )
}

/** As the person decided, else whether something else is suggested. */
const isIssue = (action: Decision['action'], label: number, suggested: number): boolean =>
  action === 'review' ? label !== suggested : action !== 'keep'
