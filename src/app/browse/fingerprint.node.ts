import { createHash } from 'node:crypto'

/** A short name for a content, as good as never that of another. */
export function fingerprint(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('base64url').slice(0, 22)
}
