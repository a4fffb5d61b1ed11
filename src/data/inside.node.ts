import { realpath } from 'node:fs/promises'
import { join, sep } from 'node:path'
import { UserError } from '../user-error.ts'

/** Finds the file of a path below a root. Errors: UserError where it leads out. */
export type Locate = (root: string, path: string) => string | Promise<string>

/** A file below `root`. What names it may come from anywhere: it must not lead out of the data set. */
export function inside(root: string, path: string): string {
  const file = join(root, path)
  if (!path.includes('\0') && file.startsWith(root.endsWith(sep) ? root : root + sep)) return file
  throw new UserError('format', `${path}: leads out of ${root}, expected a picture inside`)
}

/** The same where no link on the way may lead out either. A file that is not there is left to whoever reads it. */
export async function reallyInside(root: string, path: string): Promise<string> {
  const file = inside(root, path)
  const [to, from] = await Promise.all([file, root].map(linked))
  if (to === null || from === null || isWithin(to, from)) return file
  throw new UserError(
    'format',
    `${path}: a link that leads out of ${root}, expected a picture inside, copy it there`,
  )
}

/**
 * Refuses a file or folder that is in none of the folders where such may be, links followed. One that is not there
 * is left to whoever reads it.
 */
export async function expectWithin(roots: readonly string[], path: string): Promise<void> {
  const to = await linked(path)
  for (const root of roots) {
    const from = await linked(root)
    if (from === null) {
      throw new UserError('not-found', `${root}: no such folder, expected one with pictures, check --root`)
    }
    if (to === null || isWithin(to, from)) return
  }
  throw new UserError(
    'format',
    `${path}: outside of ${roots.join(', ')}, expected pictures inside, add its folder with --root`,
  )
}

/** Where links lead; null where nothing is there. */
const linked = (path: string): Promise<string | null> => realpath(path).catch(() => null)

const isWithin = (path: string, root: string): boolean =>
  path === root || path.startsWith(root.endsWith(sep) ? root : root + sep)
