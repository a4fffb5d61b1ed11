import type { SplitName } from '../app/explainer/stored-splits.ts'
import type { Suspect } from '../app/explainer/suspect.ts'
import type { CellAnswer, MistakesAnswer } from '../app/mistakes.ts'
import type { RelabelAnswer } from '../app/relabel/answer.ts'
import type { ScoreName } from '../app/suspects/score-names.ts'
import type { UserErrorCode } from '../user-error.ts'

/*
 * What travels between the server and the web application, as JSON. Classes and outputs are indices, named by
 * `ExplainerInfo`; examples go by split and row, and by ids that never change.
 */

/** GET columns/:split: what every screen selects and filters by, a value an example. */
export type { ExampleColumns } from '../app/browse/columns.ts'
/** GET examples?split&offset&limit&label&predicted&mistaken */
export type { ExamplesPage } from '../app/browse/examples-page.ts'
/** GET explainer */
export type { ExplainerInfo } from '../app/browse/explainer-info.ts'
/** GET overview: what the first screen draws. */
export type { Overview } from '../app/browse/overview.ts'
/**
 * POST explain. POST explain/picture has the bytes of a picture as its body, and `output`, `contrast` (twice), `k`,
 * `within` and `name` in its query.
 */
export type { Answer, Question } from '../app/explain/ask.ts'

/**
 * POST sensitivity. POST sensitivity/picture has the bytes of a picture as its body, and `output`, `contrast` (twice),
 * `k`, `method`, `timesInput` and `name` in its query.
 */
export type { MapsAnswer, MapsChoices, MapsQuestion } from '../app/sensitivity/ask.ts'

/** GET suspects?offset&limit */
export interface SuspectsPage {
  readonly schemaVersion: 1
  /** How many training examples were ranked */
  readonly n: number
  readonly offset: number
  /** What suspicion is by */
  readonly score: ScoreName
  readonly suspects: readonly Suspect[]
}

/** GET mistakes?split, and GET mistakes/:label/:predicted?split&k */
export type Mistakes = Omit<MistakesAnswer, 'cell'>
export type MistakesCell = CellAnswer & { readonly schemaVersion: 1; readonly split: SplitName }

/** GET map; null until a job has made it. */
export type { ExampleMap, MapPoints } from '../app/map/example-map.ts'
/** What a job of kind relabel answers. */
export type { RelabelAnswer } from '../app/relabel/answer.ts'
/** GET corrections, the answer of POST corrections, corrections/undo and corrections/redo, and what POST corrections takes. */
export type { Action, Decision, NewDecision, Review } from '../app/review/decisions.ts'

/** POST jobs */
export type NewJob = { readonly kind: 'relabel' } | { readonly kind: 'map' }

/** GET jobs, jobs/:id, and each event of GET events. */
export interface Job {
  readonly id: string
  readonly kind: NewJob['kind']
  readonly status: 'running' | 'done' | 'failed' | 'cancelled'
  /** What is being done, in words; `total` is null where it is not known */
  readonly progress: { readonly phase: string; readonly done: number; readonly total: number | null }
  /** Of `relabel`, when it is done */
  readonly result: RelabelAnswer | null
  readonly error: { readonly code: UserErrorCode | 'internal'; readonly message: string } | null
  readonly startedAt: string
}

/** application/problem+json (RFC 9457) */
export interface Problem {
  readonly type: 'about:blank'
  readonly title: string
  readonly status: number
  readonly code: UserErrorCode | 'busy' | 'forbidden' | 'unauthorised' | 'internal'
  /** One sentence, as the command line says it */
  readonly detail: string
}

/** What a report without a server holds. */
export type { ReportData } from '../app/report/report-data.ts'
