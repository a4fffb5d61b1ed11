import { Gunzip } from 'fflate'
import { type Bytes, bytesOf } from './bytes.ts'
import { crc32 } from './crc32.ts'
import { formatError } from './format-error.ts'
import { allocate, checkInflated, defaultInflateLimit, inflate } from './inflate.ts'

/** A gzip file is one compressed member after another, usually one, each with its checksum and length. */
interface Member {
  checksum: number
  length: number
  /** Where the member ends in the file. */
  end: number
}

/** Whether a file that begins like this is compressed with gzip. */
export function isGzip(prefix: Uint8Array): boolean {
  return prefix[0] === 0x1f && prefix[1] === 0x8b
}

/**
 * The contents of a gzip file under the name of the file; a file that is not compressed comes as it is.
 *
 * @throws UserError `format` on one that is damaged, truncated, or unpacks to more than `limit` bytes or
 * suspiciously many.
 */
export async function gunzip(bytes: Bytes, { limit = defaultInflateLimit } = {}): Promise<Bytes> {
  if (!isGzip(await bytes.slice(0, Math.min(2, bytes.byteLength)))) return bytes
  const pieces: Uint8Array[] = []
  const members: Member[] = [{ checksum: 0, length: 0, end: bytes.byteLength }]
  let total = 0
  const stream = new Gunzip()
  stream.onmember = offset => {
    members[members.length - 1].end = offset
    members.push({ checksum: 0, length: 0, end: bytes.byteLength })
  }
  await inflate(bytes, 0, bytes.byteLength, stream, piece => {
    total += piece.length
    checkInflated(bytes.name, bytes.byteLength, total, limit)
    const member = members[members.length - 1]
    member.checksum = crc32(piece, member.checksum)
    member.length += piece.length
    pieces.push(piece)
  })
  for (const member of members) await checkTrailer(bytes, member)
  return bytesOf(join(bytes.name, pieces, total), bytes.name)
}

/** The last eight bytes of a member are its checksum and its length modulo 2³². */
async function checkTrailer(bytes: Bytes, { checksum, length, end }: Member): Promise<void> {
  const trailer = await bytes.slice(Math.max(0, end - 8), end)
  const view = new DataView(trailer.buffer, trailer.byteOffset, trailer.byteLength)
  if (
    trailer.length < 8 ||
    view.getUint32(0, true) !== checksum ||
    view.getUint32(4, true) !== length % 2 ** 32
  )
    throw formatError(bytes, 'truncated or damaged compressed data, copy or save it again')
}

function join(name: string, pieces: readonly Uint8Array[], length: number): Uint8Array {
  const content = allocate(name, length)
  let at = 0
  for (const piece of pieces) {
    content.set(piece, at)
    at += piece.length
  }
  return content
}
