import type { Bytes } from './bytes.ts'
import { formatError } from './format-error.ts'

/** A file inside a zip archive, as the archive's directory lists it. */
export interface ZipMember {
  readonly name: string
  /** 0 stored, 8 deflated. */
  readonly method: number
  readonly encrypted: boolean
  readonly checksum: number
  /** Bytes in the archive and after unpacking. */
  readonly packed: number
  readonly unpacked: number
  /** Where the member's local header begins. */
  readonly offset: number
}

/*
 * The directory lies at the end of the archive and a record after it says where. An archive over 4 GiB
 * keeps the numbers that do not fit in 64 bits elsewhere and leaves 0xffffffff in their place
 * (PKWARE APPNOTE 4.3 and 4.5.3).
 */
const endSize = 22
const locatorSize = 20
const end64Size = 56
const entrySize = 46
const localSize = 30
const maxCommentSize = 0xffff
const elsewhere = 0xffffffff

/**
 * Lists what a zip archive holds, without unpacking anything.
 *
 * @throws UserError `format` on a file that is no zip archive or whose directory is damaged.
 */
export async function readZipDirectory(bytes: Bytes): Promise<ZipMember[]> {
  const { offset, size, count } = await findDirectory(bytes)
  if (offset + size > bytes.byteLength)
    throw formatError(bytes, 'a damaged zip directory, copy or save it again')
  const content = await bytes.slice(offset, offset + size)
  const members: ZipMember[] = []
  for (let at = 0; members.length < count; ) {
    const view = record(bytes, content, at, entrySize, 0x02014b50)
    const nameEnd = at + entrySize + view.getUint16(28, true)
    const extraEnd = nameEnd + view.getUint16(30, true)
    const next = extraEnd + view.getUint16(32, true)
    if (next > content.length) throw formatError(bytes, 'a damaged zip directory, copy or save it again')
    const flags = view.getUint16(8, true)
    const extra = content.subarray(nameEnd, extraEnd)
    const [unpacked, packed, memberOffset] = wide(bytes, extra, [24, 20, 42], view)
    members.push({
      name: new TextDecoder().decode(content.subarray(at + entrySize, nameEnd)),
      method: view.getUint16(10, true),
      encrypted: (flags & 1) !== 0,
      checksum: view.getUint32(16, true),
      packed,
      unpacked,
      offset: memberOffset,
    })
    at = next
  }
  return members
}

/** Where the bytes of a member lie in the archive. */
export async function zipMemberRange(bytes: Bytes, member: ZipMember): Promise<[start: number, end: number]> {
  const local = await sliceWithin(bytes, member.offset, localSize)
  const view = record(bytes, local, 0, localSize, 0x04034b50)
  const start = member.offset + localSize + view.getUint16(26, true) + view.getUint16(28, true)
  const end = start + member.packed
  if (end > bytes.byteLength)
    throw formatError(bytes, `${member.name} reaches past the end, copy or save it again`)
  return [start, end]
}

async function findDirectory(bytes: Bytes): Promise<{ offset: number; size: number; count: number }> {
  const tailStart = Math.max(0, bytes.byteLength - endSize - maxCommentSize)
  const tail = await bytes.slice(tailStart, bytes.byteLength)
  const view = new DataView(tail.buffer, tail.byteOffset, tail.byteLength)
  let at = tail.length - endSize
  while (at >= 0 && view.getUint32(at, true) !== 0x06054b50) at--
  if (at < 0) throw formatError(bytes, 'not a zip archive or a truncated one, copy or save it again')
  const locator = at - locatorSize
  if (locator < 0 || view.getUint32(locator, true) !== 0x07064b50)
    return {
      offset: view.getUint32(at + 16, true),
      size: view.getUint32(at + 12, true),
      count: view.getUint16(at + 10, true),
    }
  const end64 = Number(view.getBigUint64(locator + 8, true))
  const content = await sliceWithin(bytes, end64, end64Size)
  const view64 = record(bytes, content, 0, end64Size, 0x06064b50)
  return {
    offset: Number(view64.getBigUint64(48, true)),
    size: Number(view64.getBigUint64(40, true)),
    count: Number(view64.getBigUint64(32, true)),
  }
}

/** As many of the `size` bytes from `start` on as the archive has. */
function sliceWithin(bytes: Bytes, start: number, size: number): Promise<Uint8Array> {
  const { byteLength } = bytes
  return bytes.slice(Math.min(start, byteLength), Math.min(start + size, byteLength))
}

/** The record of `size` bytes at `at`, which begins with `signature`. */
function record(bytes: Bytes, content: Uint8Array, at: number, size: number, signature: number): DataView {
  if (at + size <= content.length) {
    const view = new DataView(content.buffer, content.byteOffset + at, size)
    if (view.getUint32(0, true) === signature) return view
  }
  throw formatError(bytes, 'a damaged zip archive, copy or save it again')
}

/** The 32-bit numbers at `positions` of an entry, those that do not fit read from the zip64 field. */
function wide(bytes: Bytes, extra: Uint8Array, positions: readonly number[], entry: DataView): number[] {
  const view = new DataView(extra.buffer, extra.byteOffset, extra.byteLength)
  let [at, end] = zip64Field(view)
  return positions.map(position => {
    const short = entry.getUint32(position, true)
    if (short !== elsewhere) return short
    if (at + 8 > end) throw formatError(bytes, 'a damaged zip directory, copy or save it again')
    at += 8
    return Number(view.getBigUint64(at - 8, true))
  })
}

/** Where field 1 of the extra fields, each `id, length, content`, has its content. */
function zip64Field(view: DataView): [start: number, end: number] {
  for (let at = 0; at + 4 <= view.byteLength; ) {
    const end = at + 4 + view.getUint16(at + 2, true)
    if (end > view.byteLength) break
    if (view.getUint16(at, true) === 1) return [at + 4, end]
    at = end
  }
  return [0, 0]
}
