import type { ExplainerInfo, SuspectsPage } from '../../../src/server/wire.ts'
import { significant } from '../../../src/views/numbers.ts'
import type { Names } from '../names.ts'

/** A label in words, as the command line says it: a class, `cat` or `not cat`, or a number. */
export function labelName(
  task: ExplainerInfo['task'],
  names: Names,
  { output }: Pick<SuspectsPage['suspects'][number], 'output'>,
  label: number,
): string {
  if (output === null) return names.class(label)
  if (task === 'multi-label' && Number.isInteger(label)) {
    return label > 0 ? names.output(output) : `not ${names.output(output)}`
  }
  return `${names.output(output)}: ${significant(label, 5)}`
}
