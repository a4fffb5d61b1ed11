import { readFileBytes } from '../formats/files.node.ts'
import { readParquetInfo } from '../formats/parquet.ts'
import { UserError } from '../user-error.ts'
import { type ArrayDataset, type DatasetChoice, readDataset } from './dataset.node.ts'
import { type FolderSplit, isDirectory, readFolder } from './folder.node.ts'
import { pictureColumn } from './hugging-face.ts'
import type { PictureDataset } from './picture-dataset.ts'
import { readPictureTable } from './picture-table.node.ts'
import { expandRange, SHARD } from './shards.node.ts'
import { filesOfSplit } from './split-files.node.ts'
import { readWebDataset } from './webdataset.node.ts'

/** Examples that a network takes, with labels where they were found. */
export type Dataset = ArrayDataset | PictureDataset

/**
 * Reads `DATA`: pictures in a folder by class, in Parquet files or in tar archives, or a file as `readDataset`
 * takes it. Errors: UserError where the data are none of these, or an option is for others.
 */
export async function openDataset(path: string, split: FolderSplit, choice: DatasetChoice): Promise<Dataset> {
  const isFolder = await isDirectory(path)
  const shards = isFolder ? await filesOfSplit(path, split, SHARD) : SHARD.test(path) ? expandRange(path) : []
  if (shards.length > 0) {
    refuseChoice(path, choice, 'whose archives hold its labels')
    return readWebDataset(path, shards)
  }
  if (!isFolder) {
    return (await hasPictures(path)) ? readPictureTable(path, [path], choice) : readDataset(path, choice)
  }
  const tables = await filesOfSplit(path, split, PARQUET)
  if (tables.length > 0) return readPictureTable(path, tables, choice)
  refuseChoice(path, choice, 'whose folders are its labels')
  return readFolder(path, split)
}

const PARQUET = /\.parquet$/

/** Labels from elsewhere, and columns, are for data that are no pictures in files of their own. */
function refuseChoice(path: string, { labels, labelColumn, idColumn }: DatasetChoice, because: string): void {
  const option = labelColumn ?? idColumn
  if (option !== undefined) {
    throw new UserError('usage', `${path}: no table, so it has no column ${option}, leave the option out`)
  }
  if (labels === undefined) return
  throw new UserError('usage', `${labels}: labels of ${path}, ${because}, leave one out`)
}

/** Whether a file is a Parquet table with a column of pictures. */
async function hasPictures(path: string): Promise<boolean> {
  const file = await readFileBytes(path)
  const magic = await file.slice(0, Math.min(4, file.byteLength))
  if (String.fromCharCode(...magic) !== 'PAR1') return false
  const { columns, metadata } = await readParquetInfo(file)
  return pictureColumn(columns, metadata) !== null
}
