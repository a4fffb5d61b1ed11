import { lstat, mkdir, readdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import { UserError } from '../user-error.ts'
import { LOCK, takeLock } from './lock.node.ts'

/** Who works in a hidden folder, and what it leaves there when it is killed. */
export interface FolderOwner {
  /** The verb, as messages name it */
  readonly name: string
  readonly files: readonly RegExp[]
  readonly folders: readonly string[]
}

/**
 * Makes the folder and takes its lock; again, where another process that is done removes the folder in between.
 * Answers how to give the lock back. Errors: UserError `exists` where another process has it, or something in it is
 * of nobody that works there.
 *
 * @param name what messages call the place that is written
 */
export async function takeFolder(
  path: string,
  name: string,
  owner: FolderOwner,
  attempts = 10,
): Promise<() => Promise<void>> {
  try {
    await mkdir(dirname(path), { recursive: true })
    await mkdir(path).catch(cause => {
      if (cause.code !== 'EEXIST') throw cause
    })
    await expectOwn(path, owner)
    return await takeLock(path, name, owner.name)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || attempts === 1) throw error
    return takeFolder(path, name, owner, attempts - 1)
  }
}

/** Refuses a folder that a user has under this name, and one into which other files were put. */
async function expectOwn(path: string, { name, files, folders }: FolderOwner): Promise<void> {
  if (!(await lstat(path)).isDirectory()) {
    throw new UserError('exists', `${path}: no directory, expected what ${name} writes, move it away`)
  }
  const foreign = (await readdir(path, { withFileTypes: true })).find(entry =>
    entry.isFile()
      ? ![LOCK, ...files].some(own => own.test(entry.name))
      : !(entry.isDirectory() && folders.includes(entry.name)),
  )
  if (foreign === undefined) return
  throw new UserError('exists', `${path}: ${foreign.name} in it was not written by ${name}, move it away`)
}
