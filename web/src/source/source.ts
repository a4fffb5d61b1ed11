import type {
  Answer,
  ExampleColumns,
  ExampleMap,
  ExplainerInfo,
  Job,
  MapsAnswer,
  MapsChoices,
  MapsQuestion,
  Mistakes,
  MistakesCell,
  NewDecision,
  NewJob,
  Overview,
  Problem,
  Question,
  Review,
  SuspectsPage,
} from '../../../src/server/wire.ts'
import type { Split } from '../view/view.ts'

/** An explanation is asked for by what it is of and how; of a picture, only how. */
export type PictureChoices = Omit<Question, 'example' | 'features' | 'logits'>

export const EXPORTS = ['csv', 'jsonl', 'parquet'] as const
export type ExportFormat = (typeof EXPORTS)[number]

/** Where the screens take what they show from: a server, or a report in the files beside the page. */
export interface Source {
  readonly kind: 'server' | 'report'
  explainer(): Promise<ExplainerInfo>
  overview(): Promise<Overview>
  columns(split: Split): Promise<ExampleColumns>
  explain(question: Question, signal?: AbortSignal): Promise<Answer>
  explainPicture(picture: File, choices: PictureChoices, signal?: AbortSignal): Promise<Answer>
  /** Where an input looks as an output says, and whence */
  sensitivity(question: MapsQuestion, signal?: AbortSignal): Promise<MapsAnswer>
  sensitivityPicture(picture: File, choices: MapsChoices, signal?: AbortSignal): Promise<MapsAnswer>
  suspects(offset: number, limit: number): Promise<SuspectsPage>
  mistakes(split: Split): Promise<Mistakes>
  cell(split: Split, label: number, predicted: number, k: number): Promise<MistakesCell>
  /** null until a job has made it */
  map(): Promise<ExampleMap | null>
  /** null where no decisions are kept */
  review(): Promise<Review | null>
  decide(decision: NewDecision): Promise<Review>
  undo(): Promise<Review>
  redo(): Promise<Review>
  /** Where a browser downloads the decisions from, all or those about some rows; null where it cannot */
  exportUrl(format: ExportFormat, rows?: readonly number[]): string | null
  /** The lines of pandas that apply an export; null where there are none */
  pandas(): Promise<string | null>
  jobs(): Promise<readonly Job[]>
  startJob(job: NewJob): Promise<Job>
  cancelJob(id: string): Promise<void>
  /** Tells of every change of a job until what it returns is called. */
  onJob(changed: (job: Job) => void): () => void
  /** Where an example's picture is; null where there is none of it. `fingerprint` is the explainer's */
  pictureUrl(fingerprint: string, split: Split, row: number): string | null
}

/** What a source could not do, in one sentence for people. */
export class SourceError extends Error {
  override readonly name = 'SourceError'

  constructor(
    readonly code: Problem['code'] | 'offline' | 'missing',
    message: string,
  ) {
    super(message)
  }
}
