import { type OpeningPictures, openPictures, type Pictures } from '../../data/shown-pictures.node.ts'
import type { Explainer } from '../explainer/explainer.ts'
import type { SplitName } from '../explainer/stored-splits.ts'

/**
 * The pictures of a split by the rows that its examples have here, from the files that they came from; null where
 * there are none. Errors: UserError where these files are gone, or no longer what they were.
 */
export async function openStoredPictures(
  explainer: Explainer,
  split: SplitName,
  options: OpeningPictures = {},
): Promise<Pictures | null> {
  const source = explainer.manifest.sources[split]
  if (source === null) return null
  const { paths, sourceRows } = await explainer.examplesOf(split)
  const pictures = await openPictures(source, paths, options)
  return sourceRows ? row => pictures(sourceRows[row]) : pictures
}
