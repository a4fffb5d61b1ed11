import { realpath } from 'node:fs/promises'
import { join, sep } from 'node:path'
import { UserError } from '../user-error.ts'

/** A file below `root`. What names it may come from anywhere: it must not lead out of the data set. */
export function inside(root: string, path: string): string {
  const file = join(root, path)
  if (!path.includes('\0') && file.startsWith(root.endsWith(sep) ? root : root + sep)) return file
  throw new UserError('format', `${path}: leads out of ${root}, expected a picture inside`)
}

/** The same where no link on the way may lead out either. A file that is not there is left to whoever reads it. */
export async function reallyInside(root: string, path: string): Promise<string> {
  const file = inside(root, path)
  const [to, from] = await Promise.all([file, root].map(named => realpath(named).catch(() => null)))
  if (to === null || from === null || to.startsWith(from.endsWith(sep) ? from : from + sep)) return file
  throw new UserError(
    'format',
    `${path}: a link that leads out of ${root}, expected a picture inside, copy it there`,
  )
}
