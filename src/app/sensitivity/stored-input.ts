import { readArray } from '../../data/read-array.ts'
import { expectShape } from '../../math/matrix.ts'
import { UserError } from '../../user-error.ts'
import { pictureInput } from '../explain/picture-input.ts'
import { rowOfArray, tableChoice } from '../explain/read-input.ts'
import type { Explainer } from '../explainer/explainer.ts'
import type { NetworkInput } from '../explainer/network.ts'
import type { SplitName } from '../explainer/stored-splits.ts'
import { openStoredPictures } from '../show/stored-pictures.ts'

/**
 * What the network was given for an example that is stored, from the files that it came from. Errors: UserError where
 * these are gone or no longer what they were, and where the explainer was made from features.
 */
export async function storedInput(
  explainer: Explainer,
  split: SplitName,
  row: number,
): Promise<NetworkInput> {
  const source = explainer.manifest.sources[split]
  const name = `${split}/${row}`
  if (source === null) {
    throw new UserError('not-found', `${name}: its input is not known, expected a picture or X.npy#12`)
  }
  if (source.kind !== 'array' && source.kind !== 'table') {
    const pictures = await openStoredPictures(explainer, split, { whole: true })
    const picture = await pictures?.(row)
    if (!picture)
      throw new UserError('not-found', `${name}: its picture is not known, expected a file of one`)
    return pictureInput(explainer, picture, name).pixels
  }
  const array = await readArray(source.path, 'inputs', tableChoice(explainer))
  if (source.kind === 'array') expectShape(source.path, array.shape, source.shape)
  const { sourceRows } = await explainer.examplesOf(split)
  return rowOfArray(array, sourceRows ? sourceRows[row] : row)
}
