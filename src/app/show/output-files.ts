import { expectFilePlace } from '../../store/write.node.ts'
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

/**
 * A page replaces the one before; a slip of the finger must not replace anything else. Errors: UserError also where
 * there is no directory to write it in.
 */
export async function expectPagePlace(file: string | undefined): Promise<void> {
  if (file === undefined) return
  if (!/\.html?$/i.test(file) && !file.startsWith('/dev/')) {
    throw new UserError('usage', `${file}: expected a name that ends in .html`)
  }
  await expectFilePlace(file)
}
