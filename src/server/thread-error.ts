import { UserError } from '../user-error.ts'

/** Why a thread ended, in one sentence where that can be mended. `name` is what messages call it. */
export function threadError(error: Error, name: string): Error {
  if ((error as NodeJS.ErrnoException).code !== 'ERR_WORKER_OUT_OF_MEMORY') return error
  return new UserError(
    'io',
    `${name}: no memory left, expected more, set NODE_OPTIONS=--max-old-space-size=8192 for 8 GiB`,
    { cause: error },
  )
}
