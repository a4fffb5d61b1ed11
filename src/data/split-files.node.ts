import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { UserError } from '../user-error.ts'
import { type FolderSplit, SPLIT_NAMES } from './folder.node.ts'

/**
 * Files of a split in a directory, in the order of their names: `train-00000-of-00004.parquet`, else all of
 * them; none where no name matches. Errors: UserError where all files are those of the other split.
 */
export async function filesOfSplit(directory: string, split: FolderSplit, wanted: RegExp): Promise<string[]> {
  const names = (await readdir(directory)).filter(name => wanted.test(name) && !name.startsWith('.'))
  const isOf = (split: FolderSplit) => (name: string) =>
    SPLIT_NAMES[split].some(prefix => name.startsWith(`${prefix}-`) || name.startsWith(`${prefix}.`))
  const divided = names.some(isOf('train')) || names.some(isOf('test'))
  const found = divided ? names.filter(isOf(split)) : names
  if (names.length > 0 && found.length === 0) {
    throw new UserError('not-found', `${directory}: no ${split} files among ${names.slice(0, 8).join(', ')}`)
  }
  return found.sort().map(name => join(directory, name))
}
