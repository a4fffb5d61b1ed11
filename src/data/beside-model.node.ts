import { readFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { UserError } from '../user-error.ts'

/** A text file that was found beside a model. */
export interface FoundFile {
  readonly path: string
  readonly text: string
}

/**
 * Files of this name beside a model, the nearest first: exports of Optimum stand in `onnx/`, below their
 * configuration. Errors: UserError `io` where one cannot be read.
 */
export async function besideModel(model: string, name: string): Promise<FoundFile[]> {
  const folder = dirname(model)
  const folders = basename(folder) === 'onnx' ? [folder, dirname(folder)] : [folder]
  const found = await Promise.all(folders.map(folder => readIfThere(join(folder, name))))
  return found.filter(file => file !== null)
}

async function readIfThere(path: string): Promise<FoundFile | null> {
  try {
    return { path, text: await readFile(path, 'utf8') }
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'EISDIR' || code === 'ENOTDIR') return null
    throw new UserError('io', `${path}: cannot be read (${code})`, { cause })
  }
}
