import { UserError } from '../user-error.ts'

const REASONS: Readonly<Record<string, string>> = {
  ENOSPC: 'no space left on the disk, free some or choose another place',
  EFBIG: 'a larger file than is allowed, choose another place',
  EDQUOT: 'the disk quota is used up, free some or choose another place',
  EACCES: 'not permitted, check the permissions or choose another place',
  EPERM: 'not permitted, check the permissions or choose another place',
  EROFS: 'on a read-only disk, choose another place',
  ENOTDIR: 'below a file, expected directories, check the path',
  ELOOP: 'links that go in circles, check the path',
  ENOTEMPTY: 'something was put there meanwhile, choose another place',
  ENAMETOOLONG: 'too long a name, choose a shorter one',
}

/** What the operating system refused, in words; its own where we have none. */
export function reason(cause: unknown): string {
  const { code, message } = cause as { readonly code?: string; readonly message?: string }
  return REASONS[code ?? ''] ?? `cannot be used (${code ?? message})`
}

/** Runs `action`, and says what the operating system refused in a UserError `io` about `name`. */
export async function translated<T>(name: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action()
  } catch (cause) {
    const code: unknown = (cause as NodeJS.ErrnoException).code
    // A mistake in a call has a code too, but is nothing a user can mend; that of an interruption is a number.
    if (cause instanceof UserError || typeof code !== 'string' || code.startsWith('ERR_')) throw cause
    throw new UserError('io', `${name}: ${reason(cause)}`, { cause })
  }
}
