import { rowsOfCell } from '../../method/explain/mistakes.ts'
import { UserError } from '../../user-error.ts'
import { findStored } from '../explain/inputs.ts'
import type { Explainer } from '../explainer/explainer.ts'
import type { SplitName } from '../explainer/stored-splits.ts'
import { countMistakes } from '../mistakes.ts'

/** A stored example. */
export interface Place {
  readonly split: SplitName
  readonly row: number
}

/** The examples that a user names. Errors: UserError on a name that is none of a stored example. */
export async function namedExamples(explainer: Explainer, inputs: readonly string[]): Promise<Place[]> {
  const places: Place[] = []
  for (const input of inputs) {
    const place = await findStored(explainer, input)
    if (place === null) {
      throw new UserError('not-found', `${input}: no stored example, expected test/12 or train/12`)
    }
    const { ids } = await explainer.examplesOf(place.split)
    if (place.row >= ids.length) {
      throw new UserError('not-found', `example not found: ${input}, expected 0 to ${ids.length - 1}`)
    }
    places.push(place)
  }
  return places
}

/** Kinds of mistakes that examples are taken from, and how many of each. */
const KINDS = 8
const OF_EACH = 2

/** Examples where there are no mistakes to take them from. */
const SPREAD = 16

/**
 * Examples that show what an explainer is like: of the most frequent mistakes some, and of each class one that is
 * right; without classes some that are spread over the split.
 */
export async function typicalExamples(explainer: Explainer): Promise<Place[]> {
  const { tests, n, task } = explainer.manifest
  const split: SplitName = tests > 0 ? 'test' : 'train'
  const { labels, predicted } = await explainer.examplesOf(split)
  if (labels === null || task !== 'classification') {
    const count = tests > 0 ? tests : n
    const taken = Math.min(SPREAD, count)
    return Array.from({ length: taken }, (_, k) => ({ split, row: Math.floor(((k + 0.5) * count) / taken) }))
  }
  const { cells, matrix } = await countMistakes(explainer, split)
  const wrong = cells
    .slice(0, KINDS)
    .flatMap(cell => rowsOfCell(labels, predicted, cell.label, cell.predicted).slice(0, OF_EACH))
  const right = matrix
    .slice(0, 2 * KINDS)
    .flatMap((_, label) => rowsOfCell(labels, predicted, label, label).slice(0, 1))
  return [...wrong, ...right].map(row => ({ split, row }))
}
