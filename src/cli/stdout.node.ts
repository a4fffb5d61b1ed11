import { fstatSync, writeSync } from 'node:fs'
import { UserError } from '../user-error.ts'

const STDOUT = 1

/**
 * Writes all of a text to standard output. Into a file the writes are our own: Node's stream takes a short
 * one, as on a disk that fills up, for a whole one.
 */
export function writeOut(text: string): void {
  if (!fstatSync(STDOUT).isFile()) {
    process.stdout.write(text)
    return
  }
  const bytes = new TextEncoder().encode(text)
  try {
    for (let at = 0; at < bytes.length; ) at += writeSync(STDOUT, bytes, at)
  } catch (cause) {
    throw new UserError('io', outReason(cause), { cause })
  }
}

/** What to say where standard output cannot be written. */
export function outReason(cause: unknown): string {
  const { code } = cause as NodeJS.ErrnoException
  return `standard output: ${code === 'ENOSPC' ? 'no space left on the disk, free some' : `cannot be written (${code})`}`
}
