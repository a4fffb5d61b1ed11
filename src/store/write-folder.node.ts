import { randomBytes } from 'node:crypto'
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join, relative, resolve, sep } from 'node:path'
import { UserError } from '../user-error.ts'
import { expectElsewhere } from './destination.node.ts'
import { syncDirectory } from './durable.node.ts'
import { translated } from './system-error.ts'

export interface FolderKind {
  /** What messages call it */
  readonly what: string
  /** Whether a file, by its path in the folder, is one that such folders have */
  readonly isOwn: (path: string) => boolean
  /** Replace one that is there. */
  readonly force: boolean
}

/**
 * Writes a folder whole or not at all: beside its name, and renamed when it is filled. Errors: UserError `exists`
 * where something stands there that is none of its kind, or one of its kind without `force`; `io`; what filling it
 * throws passes through, and nothing is left then.
 */
export async function writeFolder(
  out: string,
  kind: FolderKind,
  fill: (folder: string) => Promise<void>,
): Promise<void> {
  const path = resolve(out)
  expectElsewhere(out, path)
  await translated(out, () => expectReplaceable(out, path, kind))
  const staging = join(dirname(path), `.${basename(path)}.${randomBytes(4).toString('hex')}.partial`)
  await translated(out, () => mkdir(staging, { recursive: true }))
  try {
    await translated(out, () => fill(staging))
    // Something may have been put there while this was written.
    const holds = await translated(out, () => expectReplaceable(out, path, kind))
    await translated(out, () => (holds ? replace(path, staging) : rename(staging, path)))
  } finally {
    await rm(staging, { recursive: true, force: true })
  }
}

async function replace(path: string, staging: string): Promise<void> {
  const before = `${staging}.before`
  await rename(path, before)
  try {
    await rename(staging, path)
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
