import type { ScoreName } from '../../method/scores/names.ts'
import type { ExampleColumns } from '../browse/columns.ts'
import type { ExplainerInfo } from '../browse/explainer-info.ts'
import type { Overview } from '../browse/overview.ts'
import type { Answer } from '../explain/ask.ts'
import type { SplitName } from '../explainer/stored-splits.ts'
import type { Suspect } from '../explainer/suspect.ts'
import type { ExampleMap } from '../map/example-map.ts'
import type { CellAnswer, MistakesAnswer } from '../mistakes.ts'

type OfSplits<T> = { readonly [S in SplitName]: T }

/** What a report without a server holds, in files beside its page: for each answer what the server says. */
export interface ReportData {
  readonly explainer: ExplainerInfo
  readonly overview: Overview
  /** Of the examples that the report knows of; null where the split has none */
  readonly columns: OfSplits<ExampleColumns | null>
  /** By `questionKey`, each with as many examples as the report shows at most */
  readonly answers: Readonly<Record<string, Answer>>
  /** The first of them; null where the fit had no labels */
  readonly suspects: {
    readonly schemaVersion: 1
    readonly n: number
    readonly offset: number
    /** What suspicion is by */
    readonly score: ScoreName
    readonly suspects: readonly Suspect[]
  } | null
  /** null where a split has no labels, or outputs are no classes */
  readonly mistakes: OfSplits<Omit<MistakesAnswer, 'cell'> | null>
  /** By split/label/predicted */
  readonly cells: Readonly<
    Record<string, CellAnswer & { readonly schemaVersion: 1; readonly split: SplitName }>
  >
  readonly map: ExampleMap | null
  /** SPLIT/ROW.png in a folder beside the page, of these rows; of others there are none */
  readonly pictures: { readonly folder: string; readonly rows: OfSplits<readonly number[]> }
}
