import { encodeCsv } from '../../formats/csv.ts'
import { labelWords, type Suspect } from '../explainer/suspect.ts'
import type { SuspectsAnswer } from './suspects.ts'

/**
 * Suspects as a table for pandas and spreadsheets, with names beside the indices where there are any, and the ids of
 * the training examples that speak loudest for the label and against it.
 */
export function suspectsCsv(answer: SuspectsAnswer): string {
  const { suspects, task, classes, outputs } = answer
  const isNamed = (task === 'classification' ? classes : outputs) !== null
  const ofOutputs = task !== 'classification'
  const names = (suspect: Suspect) =>
    isNamed ? [suspect.label, suspect.suggested].map(label => labelWords(answer, suspect, label)) : []
  return encodeCsv(
    [
      'rank',
      'row',
      'id',
      ...(ofOutputs ? ['output'] : []),
      'label',
      'suggested',
      'predicted',
      'suspicion',
      ...(isNamed ? ['label_name', 'suggested_name'] : []),
      'speaks_for',
      'speaks_against',
    ],
    suspects.map(suspect => {
      const { rank, row, id, output, label, suggested, predicted, suspicion, speakers } = suspect
      return [
        rank,
        row,
        id,
        ...(ofOutputs ? [output] : []),
        label,
        suggested,
        predicted,
        suspicion,
        ...names(suspect),
        speakers?.for[0]?.id ?? null,
        speakers?.against[0]?.id ?? null,
      ]
    }),
  )
}

/** One suspect a line. */
export function suspectsJsonl({ suspects }: SuspectsAnswer): string {
  return suspects.map(suspect => `${JSON.stringify(suspect)}\n`).join('')
}
