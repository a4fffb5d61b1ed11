/**
 * What went wrong, by cause. The command line exits with 2 on `usage` and with 1 on every other.
 *
 * - `usage`: an option or argument is wrong
 * - `not-found`: a file, example, class or layer that was named does not exist
 * - `format`: the bytes of a file are not what the format asks for
 * - `shape`: two arrays, or an array and a model, do not fit together
 * - `value`: a number is out of range, NaN or infinite
 * - `model`: the network cannot be explained as it is
 * - `exists`: a file or directory would be overwritten
 * - `io`: the operating system refused to read or write
 */
export type UserErrorCode = 'usage' | 'not-found' | 'format' | 'shape' | 'value' | 'model' | 'exists' | 'io'

/**
 * Something the user can mend. Anything else that is thrown is a bug and keeps its stack.
 *
 * The message is one sentence in lower case: the subject, what was found, what was expected, what to do;
 * for example `label not found: cow, expected one of cat, dog`. Names in it may come from a file and hold
 * anything: it is kept to one line that cannot steer a terminal.
 */
export class UserError extends Error {
  override readonly name = 'UserError'

  constructor(
    readonly code: UserErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(oneLine(message), options)
  }
}

const MAX_LENGTH = 2000

function oneLine(message: string): string {
  const line = message.replace(/\p{Cc}+/gu, ' ')
  return line.length > MAX_LENGTH ? `${line.slice(0, MAX_LENGTH)}…` : line
}
