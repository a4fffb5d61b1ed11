import { UserError } from '../user-error.ts'

/** `labels.npy: an object array, expected numbers`: the one sentence with which a reader refuses a file. */
export function formatError(file: { readonly name: string }, sentence: string, cause?: unknown): UserError {
  return new UserError('format', `${file.name}: ${sentence}`, cause === undefined ? undefined : { cause })
}
