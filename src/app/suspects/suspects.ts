import type { Task } from '../../method/head/task.ts'
import { UserError } from '../../user-error.ts'
import { openExplainer } from '../explainer/open.ts'
import { type Suspect, suspectsOf } from '../explainer/suspect.ts'
import { type WrittenPage, writeSuspects } from '../show/html.ts'
import { expectHtmlName } from '../show/output-files.ts'

export interface SuspectsOptions {
  readonly directory: string
  /** How many at most; all unless told. */
  readonly k?: number
  /** Compare every checksum of the explainer first. */
  readonly verify?: boolean
  /** How much of the explainer is held in memory at most: bytes, or text such as `2GiB`; all of it unless told. */
  readonly memory?: number | string
  /** Write a page with the pictures too, the first 500 at most. */
  readonly html?: string
}

export interface SuspectsAnswer {
  readonly schemaVersion: 1
  readonly explainer: string
  readonly task: Task
  /** Names of the classes; null where `fit` was given none */
  readonly classes: readonly string[] | null
  /** Names of the outputs; null where they go by their indices */
  readonly outputs: readonly string[] | null
  /** How many training examples were ranked */
  readonly n: number
  readonly suspects: readonly Suspect[]
  /** The page that was written; null where none was asked for */
  readonly page: WrittenPage | null
}

/** Ranks the training examples by how much their labels are to be doubted, the worst first. */
export async function suspects({ directory, k, html, ...opening }: SuspectsOptions): Promise<SuspectsAnswer> {
  if (k !== undefined && !(Number.isInteger(k) && k >= 0)) {
    throw new UserError('usage', `k: ${k}, expected a whole number, 0 or more`)
  }
  if (html !== undefined) expectHtmlName(html)
  const explainer = await openExplainer(directory, opening)
  try {
    const ranked = await suspectsOf(explainer, k)
    return {
      schemaVersion: 1,
      explainer: directory,
      task: explainer.manifest.task,
      classes: explainer.manifest.classes,
      outputs: explainer.names.outputs,
      n: explainer.manifest.n,
      suspects: ranked,
      page: html === undefined ? null : await writeSuspects(explainer, ranked, html),
    }
  } finally {
    await explainer.close()
  }
}
