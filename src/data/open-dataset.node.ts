import { readFileBytes } from '../formats/files.node.ts'
import { UserError } from '../user-error.ts'
import { type ArrayDataset, readDataset } from './dataset.node.ts'
import { type FolderSplit, isDirectory, readFolder } from './folder.node.ts'
import type { PictureDataset } from './picture-dataset.ts'
import { parquetFilesIn, readPictureTable } from './picture-table.node.ts'

/** Examples that a network takes, with labels where they were found. */
export type Dataset = ArrayDataset | PictureDataset

/** Reads `DATA`: pictures in a folder by class or in Parquet files, or a file as `readDataset` takes it. */
export async function openDataset(
  path: string,
  split: FolderSplit,
  labelsPath: string | undefined,
): Promise<Dataset> {
  if (!(await isDirectory(path))) {
    return (await isParquet(path))
      ? readPictureTable(path, [path], labelsPath)
      : readDataset(path, labelsPath)
  }
  const tables = await parquetFilesIn(path, split)
  if (tables.length > 0) return readPictureTable(path, tables, labelsPath)
  if (labelsPath === undefined) return readFolder(path, split)
  throw new UserError(
    'usage',
    `${labelsPath}: labels of ${path}, whose folders are its labels, leave one out`,
  )
}

async function isParquet(path: string): Promise<boolean> {
  const file = await readFileBytes(path)
  const magic = await file.slice(0, Math.min(4, file.byteLength))
  return String.fromCharCode(...magic) === 'PAR1'
}
