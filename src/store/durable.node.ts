import type { Hash } from 'node:crypto'
import { type FileHandle, open } from 'node:fs/promises'

/** Node neither reads, writes nor hashes 2 GiB at once. */
const CHUNK = 2 ** 26

/** Writes bytes from `position` on, and adds them to `hash` where there is one. */
export async function writeHashed(
  handle: FileHandle,
  bytes: Uint8Array,
  position: number,
  hash?: Hash,
): Promise<void> {
  for (let at = 0; at < bytes.byteLength; ) {
    const chunk = bytes.subarray(at, at + CHUNK)
    const { bytesWritten } = await handle.write(chunk, 0, chunk.byteLength, position + at)
    hash?.update(chunk.subarray(0, bytesWritten))
    at += bytesWritten
  }
}

/** Adds `length` bytes from `position` on to `hash`; false where the file ends before. */
export async function hashRange(
  handle: FileHandle,
  position: number,
  length: number,
  hash: Hash,
): Promise<boolean> {
  const chunk = new Uint8Array(Math.min(length, HASHED))
  for (let at = 0; at < length; ) {
    const { bytesRead } = await handle.read(chunk, 0, Math.min(HASHED, length - at), position + at)
    if (bytesRead === 0) return false
    hash.update(chunk.subarray(0, bytesRead))
    at += bytesRead
  }
  return true
}

/** What is held of a file that is only hashed. */
const HASHED = 2 ** 22

/** Makes what was made or renamed in a directory last through a loss of power, where the system can. */
export async function syncDirectory(path: string): Promise<void> {
  const handle = await open(path).catch(() => null)
  await handle?.sync().catch(() => undefined)
  await handle?.close()
}
