import { type FileHandle, open, stat } from 'node:fs/promises'
import { UserError } from '../user-error.ts'
import type { Bytes } from './bytes.ts'

/** Node refuses to read 2 GiB at once. */
const maxReadBytes = 1 << 30

/** A file that stays open until it is closed. */
export interface OpenFile extends Bytes {
  close(): Promise<void>
}

/**
 * Opens a file for reading in parts, under the name by which the user called it.
 *
 * @throws UserError `not-found` where there is none, `io` on a directory or one that may not be read.
 */
export async function openFile(path: string): Promise<OpenFile> {
  const byteLength = await fileSize(path)
  const handle = await translated(path, () => open(path))
  return {
    name: path,
    byteLength,
    slice: (start, end) => translated(path, () => readRange(handle, path, start, end)),
    close: () => handle.close(),
  }
}

/**
 * A file that is opened for each read and closed again, so that nobody has to close it.
 *
 * @throws UserError `not-found` where there is none, `io` on a directory or one that may not be read.
 */
export async function readFileBytes(path: string): Promise<Bytes> {
  const byteLength = await fileSize(path)
  return {
    name: path,
    byteLength,
    slice: (start, end) =>
      translated(path, async () => {
        const handle = await open(path)
        try {
          return await readRange(handle, path, start, end)
        } finally {
          await handle.close()
        }
      }),
  }
}

/**
 * The size of a regular file in bytes. Opening a pipe or a device could wait for ever, so those are refused.
 *
 * @throws UserError `not-found` where there is none, `io` on a directory or anything else that is no file.
 */
export async function fileSize(path: string): Promise<number> {
  const status = await translated(path, () => stat(path))
  if (status.isDirectory()) throw new UserError('io', `${path}: a directory, expected a file`)
  if (!status.isFile()) throw new UserError('io', `${path}: a pipe or device, expected a regular file`)
  return status.size
}

async function readRange(handle: FileHandle, path: string, start: number, end: number): Promise<Uint8Array> {
  const content = new Uint8Array(end - start)
  let at = 0
  while (at < content.length) {
    const length = Math.min(content.length - at, maxReadBytes)
    const { bytesRead } = await handle.read(content, at, length, start + at)
    if (bytesRead === 0)
      throw new UserError(
        'io',
        `${path}: ends before byte ${end}, expected it not to change while it is read`,
      )
    at += bytesRead
  }
  return content
}

/** Runs `action` and says what the operating system refused in the words of a UserError. */
async function translated<T>(path: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action()
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code
    // A mistake in a call, such as a negative offset, has a code too, but is nothing a user can mend.
    if (cause instanceof UserError || code === undefined || code.startsWith('ERR_')) throw cause
    if (code === 'ENOENT' || code === 'ENOTDIR')
      throw new UserError('not-found', `${path}: no such file, check the path`, { cause })
    if (code === 'EACCES' || code === 'EPERM')
      throw new UserError('io', `${path}: permission denied, check who may read it`, { cause })
    throw new UserError('io', `${path}: cannot be read (${code})`, { cause })
  }
}
