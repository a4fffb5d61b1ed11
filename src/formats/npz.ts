import { Inflate } from 'fflate'
import { type Bytes, bytesOf } from './bytes.ts'
import { crc32 } from './crc32.ts'
import { formatError } from './format-error.ts'
import { allocate, checkInflated, defaultInflateLimit, inflate } from './inflate.ts'
import type { NdArray } from './ndarray.ts'
import { placeNpy, readNpy } from './npy.ts'
import type { PlacedArray } from './placed-array.ts'
import { readZipDirectory, type ZipMember, zipMemberRange } from './zip.ts'

const stored = 0
const deflated = 8

export interface ReadNpzOptions {
  /** The arrays to read, such as `['W', 'b']`; all by default. One that the file lacks is left out. */
  readonly names?: readonly string[]
  /** Bytes that all of them together may take when unpacked, 16 GiB by default. */
  readonly limit?: number
}

/**
 * Reads the arrays of an .npz file, stored or compressed, by name without `.npy`. Members that are no .npy
 * are passed over.
 *
 * @throws UserError `format` on a file that is damaged, unpacks to suspiciously much or holds an array that
 * `readNpy` refuses.
 */
export async function readNpz(
  bytes: Bytes,
  { names, limit = defaultInflateLimit }: ReadNpzOptions = {},
): Promise<Map<string, NdArray>> {
  const members = await arrayMembers(bytes)
  const arrays = new Map<string, NdArray>()
  let total = 0
  for (const member of members) {
    const name = arrayName(member)
    if (names && !names.includes(name)) continue
    if (arrays.has(name)) throw formatError(bytes, `${member.name} twice, expected one, save it again`)
    total += member.unpacked
    checkInflated(bytes.name, bytes.byteLength, total, limit)
    arrays.set(name, await readNpy(await openMember(bytes, member, limit)))
  }
  return arrays
}

/** Where the elements of an array lie; null where it is compressed, not row-major, there twice or not at all. */
export async function placeInNpz(bytes: Bytes, name: string): Promise<PlacedArray | null> {
  const [member, ...others] = (await arrayMembers(bytes)).filter(member => arrayName(member) === name)
  if (!member || others.length > 0 || member.method !== stored) return null
  return placeNpy(await openMember(bytes, member, defaultInflateLimit))
}

/** The names of the arrays, which are not read. */
export async function readNpzNames(bytes: Bytes): Promise<string[]> {
  return (await arrayMembers(bytes)).map(arrayName)
}

const arrayName = ({ name }: ZipMember): string => name.slice(0, -'.npy'.length)

async function arrayMembers(bytes: Bytes): Promise<ZipMember[]> {
  const members = (await readZipDirectory(bytes)).filter(({ name }) => name.endsWith('.npy'))
  if (members.length === 0) throw formatError(bytes, 'no arrays, expected a zip archive of .npy files')
  return members
}

async function openMember(bytes: Bytes, member: ZipMember, limit: number): Promise<Bytes> {
  const name = `${bytes.name}/${member.name}`
  if (member.encrypted) throw formatError({ name }, 'encrypted, expected a plain member, save it again')
  checkInflated(name, member.packed, member.unpacked, limit)
  const [start, end] = await zipMemberRange(bytes, member)
  if (member.method === stored && member.packed === member.unpacked) return part(bytes, name, start, end)
  if (member.method === deflated) return bytesOf(await unpack(part(bytes, name, start, end), member), name)
  if (member.method === stored) throw formatError({ name }, 'damaged sizes, copy or save it again')
  throw formatError({ name }, `compression method ${member.method}, expected 0 (stored) or 8 (deflated)`)
}

function part(bytes: Bytes, name: string, start: number, end: number): Bytes {
  return { name, byteLength: end - start, slice: (from, to) => bytes.slice(start + from, start + to) }
}

async function unpack(packed: Bytes, { unpacked, checksum }: ZipMember): Promise<Uint8Array> {
  const content = allocate(packed.name, unpacked)
  let at = 0
  await inflate(packed, 0, packed.byteLength, new Inflate(), piece => {
    if (at + piece.length > unpacked)
      throw formatError(packed, `unpacks to more than the ${unpacked} bytes it declares, save it again`)
    content.set(piece, at)
    at += piece.length
  })
  if (at < unpacked || crc32(content) !== checksum)
    throw formatError(packed, 'truncated or damaged compressed data, copy or save it again')
  return content
}
