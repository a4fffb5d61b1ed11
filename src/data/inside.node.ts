import { join, sep } from 'node:path'
import { UserError } from '../user-error.ts'

/** A file below `root`. What names it may come from anywhere: it must not lead out of the data set. */
export function inside(root: string, path: string): string {
  const file = join(root, path)
  if (!path.includes('\0') && file.startsWith(root.endsWith(sep) ? root : root + sep)) return file
  throw new UserError('format', `${path}: leads out of ${root}, expected a picture inside`)
}
