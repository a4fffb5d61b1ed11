import { expectWithin } from '../../data/inside.node.ts'
import { readArray } from '../../data/read-array.ts'
import { expectShape } from '../../math/matrix.ts'
import { UserError } from '../../user-error.ts'
import { pictureInput } from '../explain/picture-input.ts'
import { rowOfArray, tableChoice } from '../explain/read-input.ts'
import type { Explainer } from '../explainer/explainer.ts'
import type { NetworkInput } from '../explainer/network.ts'
import type { SplitName } from '../explainer/stored-splits.ts'
import { openStoredPictures } from '../show/stored-pictures.ts'

/** What the network was given for an example that is stored, by its row. */
export type StoredInputs = (row: number) => Promise<NetworkInput>

/** Where an example is stored. */
export interface StoredPlace {
  readonly split: SplitName
  readonly row: number
}

/** Where the files of examples may be; see `openPictures`. */
export interface OpeningInputs {
  readonly followLinks?: boolean
  readonly roots?: readonly string[] | undefined
}

/**
 * Opens the files that the examples of a split came from, once for many. Errors: UserError where these are gone or no
 * longer what they were, and where the explainer was made from features.
 */
export async function openStoredInputs(
  explainer: Explainer,
  split: SplitName,
  options: OpeningInputs = {},
): Promise<StoredInputs> {
  const source = explainer.manifest.sources[split]
  if (source === null) {
    throw new UserError('not-found', `${split}: its inputs are not known, expected a picture or X.npy#12`)
  }
  if (source.kind !== 'array' && source.kind !== 'table') {
    const pictures = await openStoredPictures(explainer, split, { ...options, whole: true })
    return async row => {
      const name = `${split}/${row}`
      const picture = await pictures?.(row)
      if (picture) return pictureInput(explainer, picture, name).pixels
      throw new UserError('not-found', `${name}: its picture is not known, expected a file of one`)
    }
  }
  if (options.roots) await expectWithin(options.roots, source.path)
  const array = await readArray(source.path, 'inputs', tableChoice(explainer))
  if (source.kind === 'array') expectShape(source.path, array.shape, source.shape)
  const { sourceRows } = await explainer.examplesOf(split)
  return async row => rowOfArray(array, sourceRows ? sourceRows[row] : row)
}

/** Relative to the largest feature; features may be stored in half precision. */
const SAME = 1e-2

/**
 * The stored features of an example [d]. Errors: UserError where the network makes others of what is its input by now.
 */
export async function expectSame(
  explainer: Explainer,
  { split, row }: StoredPlace,
  input: NetworkInput,
): Promise<Float32Array> {
  const name = `${split}/${row}`
  const { features: stored } = await explainer.stored(split, row)
  const { features } = await explainer.runNetwork(input, name, 'as-training')
  const largest = stored.reduce((max, x) => Math.max(max, Math.abs(x)), 0)
  if (stored.every((x, a) => Math.abs(x - features[a]) <= SAME * largest)) return stored
  throw new UserError(
    'format',
    `${name}: its file is no longer what it was in training, expected the same example, run fit again`,
  )
}
