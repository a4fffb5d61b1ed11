import { UserError } from '../user-error.ts'
import { type ArrayDataset, readDataset } from './dataset.node.ts'
import { type FolderSplit, isDirectory, readFolder } from './folder.node.ts'
import type { PictureDataset } from './picture-dataset.ts'

/** Examples that a network takes, with labels where they were found. */
export type Dataset = ArrayDataset | PictureDataset

/** Reads `DATA`: a folder of pictures by class, or a file as `readDataset` takes it. */
export async function openDataset(
  path: string,
  split: FolderSplit,
  labelsPath: string | undefined,
): Promise<Dataset> {
  if (!(await isDirectory(path))) return readDataset(path, labelsPath)
  if (labelsPath === undefined) return readFolder(path, split)
  throw new UserError(
    'usage',
    `${labelsPath}: labels of ${path}, whose folders are its labels, leave one out`,
  )
}
