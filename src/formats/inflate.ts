import type { Gunzip, Inflate } from 'fflate'
import { UserError } from '../user-error.ts'
import type { Bytes } from './bytes.ts'
import { formatError } from './format-error.ts'

/** Bytes after unpacking: more than any array that the rest of the program works on. */
export const defaultInflateLimit = 2 ** 34

/** Below this size no ratio is suspicious; DEFLATE itself can reach 1032, real arrays stay far below. */
const unsuspiciousBytes = 2 ** 26
const maxRatio = 1000

const readBytes = 1 << 20

/** What is inflated at once: 16 KiB become 17 MB at most, so a limit is noticed soon after it is passed. */
const pushBytes = 1 << 14

/**
 * Refuses contents that are too large for the bytes they come from: over `limit`, or over both 64 MiB and
 * a thousand times `packed`.
 *
 * @throws UserError `format`
 */
export function checkInflated(name: string, packed: number, unpacked: number, limit: number): void {
  const allowed = Math.min(limit, Math.max(unsuspiciousBytes, maxRatio * packed))
  if (unpacked <= allowed) return
  const sentence = `${unpacked} bytes packed into ${packed}, expected at most ${allowed}`
  throw formatError({ name }, `${sentence}, save it uncompressed if you trust it`)
}

/**
 * Pushes the bytes from `start` up to `end` through `stream` and hands what comes out to `take`.
 *
 * @throws UserError `format` where the data are damaged.
 */
export async function inflate(
  bytes: Bytes,
  start: number,
  end: number,
  stream: Inflate | Gunzip,
  take: (piece: Uint8Array) => void,
): Promise<void> {
  stream.ondata = take
  for (let at = start; at < end; at += readBytes) {
    const content = await bytes.slice(at, Math.min(at + readBytes, end))
    for (let from = 0; from < content.length; from += pushBytes) {
      const chunk = content.subarray(from, from + pushBytes)
      try {
        stream.push(chunk, at + from + chunk.length === end)
      } catch (cause) {
        if (cause instanceof UserError) throw cause
        throw formatError(bytes, 'damaged compressed data, copy or save it again', cause)
      }
    }
  }
}

/**
 * Room for `length` bytes that are about to be unpacked.
 *
 * @throws UserError `io` where there is not so much, or where the JavaScript engine allows no such buffer.
 */
export function allocate(name: string, length: number): Uint8Array {
  try {
    return new Uint8Array(length)
  } catch (cause) {
    const sentence = `${length} bytes unpacked, more than fits into memory here, save it uncompressed`
    throw new UserError('io', `${name}: ${sentence}`, { cause })
  }
}
