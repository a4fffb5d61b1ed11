import { UserError } from '../user-error.ts'

/** `labels.npy: an object array, expected numbers`: the one sentence with which a reader refuses a file. */
export function formatError(file: { readonly name: string }, sentence: string, cause?: unknown): UserError {
  return new UserError('format', `${file.name}: ${sentence}`, cause === undefined ? undefined : { cause })
}

/** Decodes with code that throws what it likes on a damaged file, and says so in the words of a reader. */
export async function blamingFile<T>(
  file: { readonly name: string },
  decode: () => T | Promise<T>,
): Promise<T> {
  try {
    return await decode()
  } catch (cause) {
    if (cause instanceof UserError) throw cause
    // What the JavaScript engine says of a missing property helps nobody.
    const reason = cause instanceof Error && !(cause instanceof TypeError) ? ` (${cause.message})` : ''
    throw formatError(file, `damaged${reason}, copy or save it again`, cause)
  }
}
