import { UserError } from '../../user-error.ts'

/*
 * Which names answers are written under, judged before anything is read.
 */

export type BatchFormat = 'jsonl' | 'parquet'

/** The format that the name of a file asks for. Errors: UserError where it asks for none. */
export function expectBatchName(file: string): BatchFormat {
  const [, ending] = /\.(jsonl|parquet)$/i.exec(file) ?? []
  if (ending !== undefined) return ending.toLowerCase() as BatchFormat
  throw new UserError('usage', `${file}: expected a name that ends in .jsonl or .parquet`)
}

/** A page replaces the one before; a slip of the finger must not replace anything else. */
export function expectHtmlName(file: string): void {
  if (/\.html?$/i.test(file) || file.startsWith('/dev/')) return
  throw new UserError('usage', `${file}: expected a name that ends in .html`)
}
