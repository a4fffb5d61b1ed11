import { mkdir, readdir, rename, rm, rmdir, stat } from 'node:fs/promises'
import { basename, dirname, join, relative, resolve, sep } from 'node:path'
import { UserError } from '../user-error.ts'
import { expectElsewhere } from './destination.node.ts'
import { syncDirectory } from './durable.node.ts'
import { translated } from './system-error.ts'
import { takeFolder } from './taken-folder.node.ts'

export interface FolderKind {
  /** The verb that writes it */
  readonly verb: string
  /** What messages call it */
  readonly what: string
  /** Whether a file, by its path in the folder, is one that such folders have */
  readonly isOwn: (path: string) => boolean
  /** Replace one that is there. */
  readonly force: boolean
}

/** Judges a folder before there is anything to write to it. Errors: as `writeFolder` has them of what stands there. */
export async function expectFolder(out: string, kind: FolderKind): Promise<void> {
  const path = resolve(out)
  expectElsewhere(out, path)
  await translated(out, () => expectReplaceable(out, path, kind))
}

/**
 * Writes a folder whole or not at all: in a hidden one beside it, `.OUT.VERB.partial`, from which it is renamed when it
 * is filled. Whoever writes there next finds what a killed process left, and clears it away:
 *
 *     lock.…    which process works here (lock.node.ts)
 *     whole/    the new folder, until it is whole
 *     before/   the folder that it replaces, from the one rename to the other
 *
 * Errors: UserError `exists` where something stands there that is none of its kind, or one of its kind without
 * `force`, or another process writes it; `io`; what filling it throws passes through, and nothing is left then. Answers
 * what filling it does.
 */
export async function writeFolder<Filled>(
  out: string,
  kind: FolderKind,
  fill: (folder: string) => Promise<Filled>,
): Promise<Filled> {
  const path = resolve(out)
  expectElsewhere(out, path)
  const work = join(dirname(path), `.${basename(path)}.${kind.verb}.partial`)
  const [whole, before] = [join(work, 'whole'), join(work, 'before')]
  const owner = { name: kind.verb, files: [], folders: ['whole', 'before'] }
  const release = await translated(out, () => takeFolder(work, out, owner))
  try {
    await translated(out, () => recover(path, whole, before, kind))
    await translated(out, () => expectReplaceable(out, path, kind))
    await translated(out, () => mkdir(whole))
    const filled = await translated(out, () => fill(whole))
    // Something may have been put there while this was written.
    const holds = await translated(out, () => expectReplaceable(out, path, kind))
    await translated(out, () => (holds ? replace(path, whole, before) : rename(whole, path)))
    return filled
  } finally {
    await rm(whole, { recursive: true, force: true })
    await release()
    // Another process may have come, and a folder before may have to stay.
    await rmdir(work).catch(() => undefined)
  }
}

/**
 * Clears away what a killed process left half done; a folder that it was about to replace goes back, and is cleared
 * away only where the one that replaces it stands: an empty folder is none.
 */
async function recover(path: string, whole: string, before: string, { isOwn }: FolderKind): Promise<void> {
  await rm(whole, { recursive: true, force: true })
  if ((await stat(before).catch(() => null)) === null) return
  const entries = await readdir(path).catch(() => null)
  if (entries?.length === 0) await rmdir(path)
  if (entries === null || entries.length === 0) await rename(before, path)
  else if (entries.some(isOwn)) await rm(before, { recursive: true, force: true })
}

async function replace(path: string, whole: string, before: string): Promise<void> {
  await rename(path, before)
  try {
    await rename(whole, path)
  } catch (error) {
    await rename(before, path)
    throw error
  }
  await syncDirectory(dirname(path))
  await rm(before, { recursive: true, force: true })
}

/** Whether something stands there, all of which may be replaced. */
async function expectReplaceable(
  name: string,
  path: string,
  { what, isOwn, force }: FolderKind,
): Promise<boolean> {
  const status = await stat(path).catch(() => null)
  if (status === null) return false
  if (!status.isDirectory()) {
    throw new UserError('exists', `${name}: a file, expected a directory to write, choose another --out`)
  }
  const entries = await readdir(path, { recursive: true, withFileTypes: true })
  const files = entries
    .filter(entry => !entry.isDirectory())
    .map(entry => relative(path, join(entry.parentPath, entry.name)).split(sep).join('/'))
  const foreign = files.find(file => !isOwn(file))
  if (foreign !== undefined) {
    throw new UserError('exists', `${name}: ${foreign} in it is of no ${what}, choose another --out`)
  }
  if (files.length > 0 && !force) {
    throw new UserError(
      'exists',
      `${name}: a ${what} already, add --force to replace it or choose another --out`,
    )
  }
  return true
}
