import { ask, askPicture, type PictureChoices, type Question } from '../app/ask.ts'
import { columns } from '../app/columns.ts'
import { type ExamplesQuery, examplesPage } from '../app/examples-page.ts'
import type { Explainer } from '../app/explainer.ts'
import { explainerInfo } from '../app/explainer-info.ts'
import { readMap } from '../app/map/map-file.node.ts'
import { countMistakes, explainMistakes, labelledSplit } from '../app/mistakes.ts'
import { overview } from '../app/overview.ts'
import { StoredPictures } from '../app/stored-pictures.ts'
import type { SplitName } from '../app/stored-splits.ts'
import { suspectsOf } from '../app/suspect.ts'
import { UserError } from '../user-error.ts'

/** An answer as it travels: JSON text, or the bytes of a picture. */
export type Ready = string | Uint8Array<ArrayBuffer>

/** An explainer that is open, and what is read beside it. */
export interface Opened {
  readonly explainer: Explainer
  readonly pictures: StoredPictures
}

export const opened = (explainer: Explainer): Opened => ({
  explainer,
  pictures: new StoredPictures(explainer),
})

/**
 * What needs the explainer, by name: each a verb and its answer made ready to travel, so that whoever sends it on
 * need not. Errors: UserError as the verbs say it.
 */
export const answers = {
  explainer: async ({ explainer, pictures }: Opened) => json(await explainerInfo(explainer, pictures)),

  overview: async ({ explainer }: Opened) => json(await overview(explainer)),

  columns: async ({ explainer }: Opened, split: SplitName) => json(await columns(explainer, split)),

  examples: async ({ explainer }: Opened, query: ExamplesQuery) => json(await examplesPage(explainer, query)),

  explain: async ({ explainer }: Opened, question: Question) => json(await ask(explainer, question)),

  explainPicture: async ({ explainer }: Opened, content: Uint8Array, name: string, choices: PictureChoices) =>
    json(await askPicture(explainer, content, name, choices)),

  suspects: async ({ explainer }: Opened, offset: number, limit: number) => {
    const { n } = explainer.manifest
    const ranked = await suspectsOf(explainer, Math.min(n, offset + limit))
    return json({ schemaVersion: 1, n, offset, suspects: ranked.slice(offset) })
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

  map: async ({ explainer }: Opened) => {
    const map = await readMap(explainer)
    if (map) return json(map)
    throw new UserError('not-found', `${explainer.directory}: no map in it yet, start a job of kind map`)
  },

  picture: async ({ pictures }: Opened, split: SplitName, row: number) =>
    (await pictures.png(split, row)) as Uint8Array<ArrayBuffer>,
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
