import type { CellAnswer, MistakesAnswer } from '../app/mistakes.ts'
import type { RelabelAnswer } from '../app/relabel/answer.ts'
import type { SplitName } from '../app/stored-splits.ts'
import type { Suspect } from '../app/suspect.ts'
import type { UserErrorCode } from '../user-error.ts'

/*
 * What travels between the server and the web application, as JSON. Classes and outputs are indices, named by
 * `ExplainerInfo`; examples go by split and row, and by ids that never change.
 */

/** GET explainer */
export type { ExplainerInfo } from '../app/explainer-info.ts'

/** GET overview: what the first screen draws. */
export interface Overview {
  readonly schemaVersion: 1
  /** Given against fitted logits of a sample of examples and outputs; null where no model was given */
  readonly fidelity: {
    readonly sampled: number
    readonly of: number
    readonly points: readonly {
      readonly split: SplitName
      readonly row: number
      readonly output: number
      readonly given: number
      readonly fitted: number
    }[]
  } | null
  /** Bound of the gap in logits by evaluations of the objective, in order; empty where it was not recorded */
  readonly convergence: readonly { readonly evaluations: number; readonly gap: number }[]
  /** How many |α| of all examples and outputs lie in each bin, in steps of equal ratio; `zero` of them are 0 */
  readonly alpha: {
    readonly edges: readonly number[]
    readonly counts: readonly number[]
    readonly zero: number
  }
}

/** GET columns/:split: what every screen selects and filters by, a value an example. */
export interface ExampleColumns {
  readonly schemaVersion: 1
  readonly split: SplitName
  /** How many examples the split has; more than are here where they were sampled */
  readonly of: number
  /** Rows in the split, increasing; each class keeps its share where they are sampled */
  readonly rows: readonly number[]
  readonly ids: readonly string[]
  /** null where there are none */
  readonly labels: readonly number[] | null
  /** What the given model decides, else the fitted head */
  readonly predicted: readonly number[]
  readonly fitted: readonly number[]
  /** High = worse; null for the test split and where the fit had no labels */
  readonly suspicion: readonly number[] | null
}

/**
 * POST explain. POST explain/picture has the bytes of a picture as its body, and `output`, `contrast` (twice), `k`,
 * `within` and `name` in its query.
 */
export type { Answer, Question } from '../app/ask.ts'

/** GET examples?split&offset&limit&label&predicted&mistaken */
export type { ExamplesPage } from '../app/examples-page.ts'

/** GET suspects?offset&limit */
export interface SuspectsPage {
  readonly schemaVersion: 1
  /** How many training examples were ranked */
  readonly n: number
  readonly offset: number
  readonly suspects: readonly Suspect[]
}

/** GET mistakes?split, and GET mistakes/:label/:predicted?split&k */
export type Mistakes = Omit<MistakesAnswer, 'cell'>
export type MistakesCell = CellAnswer & { readonly schemaVersion: 1; readonly split: SplitName }

/** GET corrections, the answer of POST corrections, corrections/undo and corrections/redo, and what POST corrections takes. */
export type { Action, Decision, NewDecision, Review } from '../app/review/decisions.ts'

/** GET map: where examples stand in two dimensions; problem `not-found` until a job has made it. */
export interface ExampleMap {
  readonly schemaVersion: 1
  readonly method: 'umap'
  /** How many examples there are of both splits; more than are here where they were sampled */
  readonly of: number
  readonly train: MapPoints
  readonly test: MapPoints
}

export interface MapPoints {
  readonly rows: readonly number[]
  readonly x: readonly number[]
  readonly y: readonly number[]
}

export type { RelabelAnswer, Standing } from '../app/relabel/answer.ts'

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
