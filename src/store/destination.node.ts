import { lstat, readdir, readFile, realpath, rm, rmdir, stat } from 'node:fs/promises'
import { join, relative, resolve, sep } from 'node:path'
import { UserError } from '../user-error.ts'
import { computedFiles, isBeside } from './beside.node.ts'
import { listedFiles, MANIFEST } from './manifest.ts'
import { reason } from './system-error.ts'

/** A directory that an explainer may be put in, and what stands there now. */
export interface Destination {
  /** Absolute, links followed */
  readonly path: string
  readonly holds: 'nothing' | 'empty directory' | 'explainer'
}

/**
 * Finds out whether an explainer may be written to a directory, and refuses where something would be lost:
 * anything that stands there without `force`; with it, anything but an explainer whose every file is one
 * that `fit` wrote, or stands beside those (beside.node.ts). Errors: UserError.
 */
export async function findDestination(directory: string, force: boolean): Promise<Destination> {
  const refuse = (found: string): never => {
    throw new UserError('exists', `${directory}: ${found}`)
  }
  const path = await real(directory)
  expectElsewhere(directory, path)
  const status = await ask(directory, () => stat(path))
  if (status === null) return { path, holds: 'nothing' }
  if (!status.isDirectory()) return refuse('a file, expected a directory to write, choose another --out')
  const entries = await readable(directory, () => readdir(path))
  if (entries.length === 0) return { path, holds: 'empty directory' }
  if (!entries.includes(MANIFEST)) {
    return refuse('a directory with other files in it, expected a new one, choose another --out')
  }
  if (!force) return refuse('an explainer already, add --force to replace it or choose another --out')
  const own = new Set(await filesOf(path))
  const foreign = (await allFiles(path)).find(file => !own.has(file) && !isBeside(file))
  if (foreign === undefined) return { path, holds: 'explainer' }
  return refuse(`${foreign} was not written by fit, move it away before --force replaces it`)
}

/** Refuses no name, and a directory that the working directory is in. Errors: UserError `usage`. */
export function expectElsewhere(name: string, path: string): void {
  if (name === '') throw new UserError('usage', 'out: empty, expected the directory to write')
  if (`${process.cwd()}${sep}`.startsWith(`${path}${path.endsWith(sep) ? '' : sep}`)) {
    throw new UserError('usage', `${name}: the working directory is in it, choose a new one to write`)
  }
}

/**
 * Removes what `fit` wrote of an explainer and what was computed from that, and nothing else: what is still there
 * then is left. The manifest goes last, so that a removal that is killed can be taken up again.
 */
export async function removeExplainer(path: string): Promise<void> {
  const isListed = (await ask(path, () => stat(join(path, MANIFEST)))) !== null
  const [manifest, ...files] = isListed ? await filesOf(path) : [MANIFEST]
  for (const file of [...files, ...(await computedFiles(path))]) await rm(join(path, file), { force: true })
  const entries = await readdir(path, { recursive: true, withFileTypes: true })
  const folders = entries
    .filter(entry => entry.isDirectory())
    .map(entry => join(entry.parentPath, entry.name))
  folders.sort((a, b) => b.length - a.length)
  for (const folder of folders) await rmdir(folder).catch(() => undefined)
  await rm(join(path, manifest), { force: true })
  await rmdir(path)
}

/** The absolute path, with links followed as far as they lead somewhere. */
async function real(directory: string): Promise<string> {
  const path = resolve(directory)
  const link = await ask(directory, () => lstat(path))
  if (!link?.isSymbolicLink()) return path
  const target = await ask(directory, () => realpath(path))
  if (target !== null) return target
  throw new UserError('exists', `${directory}: a link that leads nowhere, choose another --out`)
}

async function filesOf(path: string): Promise<string[]> {
  const manifest = join(path, MANIFEST)
  const text = await readable(manifest, () => readFile(manifest, 'utf8'))
  return [MANIFEST, ...listedFiles(text, manifest)]
}

async function allFiles(path: string): Promise<string[]> {
  const entries = await readable(path, () => readdir(path, { recursive: true, withFileTypes: true }))
  return entries
    .filter(entry => !entry.isDirectory())
    .map(entry => relative(path, join(entry.parentPath, entry.name)).split(sep).join('/'))
}

/** What the system answers; null only where there is nothing of that name. */
async function ask<T>(name: string, question: () => Promise<T>): Promise<T | null> {
  try {
    return await question()
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw new UserError('io', `${name}: ${reason(cause)}`, { cause })
  }
}

async function readable<T>(name: string, question: () => Promise<T>): Promise<T> {
  const answer = await ask(name, question)
  if (answer !== null) return answer
  throw new UserError('io', `${name}: vanished while it was read, try again`)
}
