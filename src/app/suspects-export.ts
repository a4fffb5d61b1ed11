import { encodeCsv } from '../formats/csv.ts'
import type { Suspect } from './suspect.ts'
import type { SuspectsAnswer } from './suspects.ts'

/** Suspects as a table for pandas and spreadsheets, with class names beside the indices where there are any. */
export function suspectsCsv({ suspects, classes }: SuspectsAnswer): string {
  const names = (suspect: Suspect) => (classes ? [classes[suspect.label], classes[suspect.suggested]] : [])
  return encodeCsv(
    [
      'rank',
      'row',
      'id',
      'label',
      'suggested',
      'predicted',
      'suspicion',
      ...(classes ? ['label_name', 'suggested_name'] : []),
    ],
    suspects.map(suspect => {
      const { rank, row, id, label, suggested, predicted, suspicion } = suspect
      return [rank, row, id, label, suggested, predicted, suspicion, ...names(suspect)]
    }),
  )
}

/** One suspect a line. */
export function suspectsJsonl({ suspects }: SuspectsAnswer): string {
  return suspects.map(suspect => `${JSON.stringify(suspect)}\n`).join('')
}
