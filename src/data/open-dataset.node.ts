import { readFileBytes } from '../formats/files.node.ts'
import { readParquetInfo } from '../formats/parquet.ts'
import { UserError } from '../user-error.ts'
import { type ArrayDataset, type DatasetChoice, readDataset } from './dataset.node.ts'
import { type FolderSplit, isDirectory, readFolder } from './folder.node.ts'
import { pictureColumn } from './hugging-face.ts'
import type { PictureDataset } from './picture-dataset.ts'
import { parquetFilesIn, readPictureTable } from './picture-table.node.ts'

/** Examples that a network takes, with labels where they were found. */
export type Dataset = ArrayDataset | PictureDataset

/**
 * Reads `DATA`: pictures in a folder by class or in Parquet files, or a file as `readDataset` takes it. Errors:
 * UserError where the data are none of these, or an option is for others.
 */
export async function openDataset(path: string, split: FolderSplit, choice: DatasetChoice): Promise<Dataset> {
  if (!(await isDirectory(path))) {
    return (await hasPictures(path)) ? readPictureTable(path, [path], choice) : readDataset(path, choice)
  }
  const tables = await parquetFilesIn(path, split)
  if (tables.length > 0) return readPictureTable(path, tables, choice)
  const { labels, labelColumn, idColumn } = choice
  const option = labelColumn ?? idColumn
  if (option !== undefined) {
    throw new UserError('usage', `${path}: no table, so it has no column ${option}, leave the option out`)
  }
  if (labels === undefined) return readFolder(path, split)
  throw new UserError('usage', `${labels}: labels of ${path}, whose folders are its labels, leave one out`)
}

/** Whether a file is a Parquet table with a column of pictures. */
async function hasPictures(path: string): Promise<boolean> {
  const file = await readFileBytes(path)
  const magic = await file.slice(0, Math.min(4, file.byteLength))
  if (String.fromCharCode(...magic) !== 'PAR1') return false
  const { columns, metadata } = await readParquetInfo(file)
  return pictureColumn(columns, metadata) !== null
}
