import { columns } from '../app/browse/columns.ts'
import { type ExamplesQuery, examplesPage } from '../app/browse/examples-page.ts'
import { explainerInfo } from '../app/browse/explainer-info.ts'
import { overview } from '../app/browse/overview.ts'
import { ask, askPicture, type PictureChoices, type Question } from '../app/explain/ask.ts'
import type { Explainer } from '../app/explainer/explainer.ts'
import { defaultScoreOf } from '../app/explainer/label-scores.ts'
import type { SplitName } from '../app/explainer/stored-splits.ts'
import { suspectsOf } from '../app/explainer/suspect.ts'
import { readMap } from '../app/map/map-file.node.ts'
import { countMistakes, explainMistakes, labelledSplit } from '../app/mistakes.ts'
import type { NewDecision } from '../app/review/decisions.ts'
import { type ExportChoices, exportCorrections } from '../app/review/export-corrections.ts'
import { ReviewLog } from '../app/review/review-log.ts'
import { type MapsChoices, MapsDesk, type MapsQuestion } from '../app/sensitivity/ask.ts'
import { Thumbnails } from '../app/show/thumbnails.ts'

/** An answer as it travels: JSON text, or the bytes of a picture. */
export type Ready = string | Uint8Array<ArrayBuffer>

/** An explainer that is open, and what is read beside it. */
export interface Opened {
  readonly explainer: Explainer
  readonly thumbnails: Thumbnails
  readonly maps: MapsDesk
  /** Read when it is first asked for */
  readonly log: () => Promise<ReviewLog>
}

/** @param roots folders that pictures have to be in; anywhere unless told */
export function opened(explainer: Explainer, roots?: readonly string[]): Opened {
  let log: Promise<ReviewLog> | undefined
  return {
    explainer,
    thumbnails: new Thumbnails(explainer, roots),
    maps: new MapsDesk(explainer, roots),
    log: () => {
      log ??= ReviewLog.open(explainer.directory, explainer).catch(error => {
        // The next one who asks tries again.
        log = undefined
        throw error
      })
      return log
    },
  }
}

/**
 * What needs the explainer, by name: each a verb and its answer made ready to travel, so that whoever sends it on
 * need not. Errors: UserError as the verbs say it.
 */
export const answers = {
  explainer: async ({ explainer, thumbnails }: Opened) => json(await explainerInfo(explainer, thumbnails)),

  overview: async ({ explainer }: Opened) => json(await overview(explainer)),

  columns: async ({ explainer }: Opened, split: SplitName) => json(await columns(explainer, split)),

  examples: async ({ explainer }: Opened, query: ExamplesQuery) => json(await examplesPage(explainer, query)),

  explain: async ({ explainer }: Opened, question: Question) => json(await ask(explainer, question)),

  explainPicture: async ({ explainer }: Opened, content: Uint8Array, name: string, choices: PictureChoices) =>
    json(await askPicture(explainer, content, name, choices)),

  sensitivity: async ({ maps }: Opened, question: MapsQuestion, ticket: number) =>
    json(await maps.ask(question, ticket)),

  sensitivityPicture: async (
    { maps }: Opened,
    content: Uint8Array,
    name: string,
    choices: MapsChoices,
    ticket: number,
  ) => json(await maps.askPicture(content, name, choices, ticket)),

  abandonMaps: async ({ maps }: Opened, ticket: number) => {
    maps.abandon(ticket)
    return ''
  },

  suspects: async ({ explainer }: Opened, offset: number, limit: number) => {
    const { n } = explainer.manifest
    const ranked = await suspectsOf(explainer, Math.min(n, offset + limit))
    return json({
      schemaVersion: 1,
      n,
      offset,
      score: defaultScoreOf(explainer.manifest),
      suspects: ranked.slice(offset),
    })
  },

  mistakes: async ({ explainer }: Opened, split: SplitName | undefined) =>
    json(await countMistakes(explainer, split)),

  mistakesCell: async (
    { explainer }: Opened,
    named: SplitName | undefined,
    cell: readonly [number, number],
    k: number | undefined,
  ) => {
    const split = named ?? (await labelledSplit(explainer))
    return json({ schemaVersion: 1, split, ...(await explainMistakes(explainer, split, cell, k)) })
  },

  map: async ({ explainer }: Opened) => json(await readMap(explainer)),

  review: async ({ log }: Opened) => json(await (await log()).review()),

  decide: async ({ log }: Opened, decision: NewDecision) => json(await (await log()).decide(decision)),

  undo: async ({ log }: Opened) => json(await (await log()).undo()),

  redo: async ({ log }: Opened) => json(await (await log()).redo()),

  corrections: async ({ explainer, log }: Opened, choices: ExportChoices) => {
    const review = await (await log()).review()
    return (await exportCorrections(explainer, review, choices)) as Uint8Array<ArrayBuffer>
  },

  picture: async ({ thumbnails }: Opened, split: SplitName, row: number) =>
    (await thumbnails.png(split, row)) as Uint8Array<ArrayBuffer>,
} satisfies { readonly [verb: string]: (opened: Opened, ...asked: never[]) => Promise<Ready> }

const json = (answer: unknown): string => JSON.stringify(answer)

export type Answers = typeof answers

/** What is asked of the explainer, by verb. */
export type Asked<V extends keyof Answers> = Parameters<Answers[V]> extends [Opened, ...infer A] ? A : never

/** Who answers, in this thread or another. */
export interface Desk {
  ask<V extends keyof Answers>(verb: V, ...asked: Asked<V>): Promise<Ready>
  close(): Promise<void>
}
