import type { Bytes } from './bytes.ts'
import { formatError } from './format-error.ts'

/** A regular file inside a tar archive: where its bytes lie, so that it can be read alone. */
export interface TarMember {
  readonly name: string
  readonly offset: number
  readonly size: number
}

const blockSize = 512
/** What names longer than a header take; no file system allows a hundredth of it. */
const maxNameBytes = 2 ** 20

/** The header's fields (POSIX ustar), by where they begin and end. */
const fields = {
  name: [0, 100],
  size: [124, 136],
  checksum: [148, 156],
  magic: [257, 263],
  prefix: [345, 500],
} as const
const typeAt = 156

/** The types of regular files; links, directories and devices are passed over. */
const regular = ['0', '\0', '7']
/** Headers of pax and GNU that say how the next file, or a link, is named or long. */
const extensions = ['x', 'g', 'L', 'K']

/**
 * Lists the regular files of a tar archive (ustar, pax or GNU) in their order, reading headers only.
 *
 * @throws UserError `format` on a file that is no tar archive, is damaged or truncated.
 */
export async function readTar(bytes: Bytes): Promise<TarMember[]> {
  const members: TarMember[] = []
  let named: { name?: string; size?: number } = {}
  for (let at = 0; at < bytes.byteLength; ) {
    if (at + blockSize > bytes.byteLength) throw truncated(bytes)
    const header = await bytes.slice(at, at + blockSize)
    // The archive ends with blocks of zeros, of which some writers leave out one.
    if (header.every(byte => byte === 0)) break
    checkHeader(bytes, header, at)
    const type = String.fromCharCode(header[typeAt])
    const offset = at + blockSize
    const isExtension = extensions.includes(type)
    const size = (isExtension ? undefined : named.size) ?? numberOf(bytes, header, at)
    if (size > bytes.byteLength - offset) throw truncated(bytes)
    at = offset + Math.ceil(size / blockSize) * blockSize
    if (isExtension) {
      if (size > maxNameBytes) throw formatError(bytes, `a name of ${size} bytes, copy or save it again`)
      const content = await bytes.slice(offset, offset + size)
      if (type === 'x') named = { ...named, ...paxOf(bytes, content) }
      if (type === 'L') named = { ...named, name: textOf(content) }
      continue
    }
    if (regular.includes(type)) members.push({ name: named.name ?? nameOf(header), offset, size })
    named = {}
  }
  return members
}

function truncated(bytes: Bytes) {
  return formatError(bytes, 'a truncated tar archive, copy or save it again')
}

/** The sum of a header's bytes, with blanks in the place of the sum itself. */
function checkHeader(bytes: Bytes, header: Uint8Array, at: number): void {
  const [from, to] = fields.checksum
  let sum = (to - from) * 0x20
  for (let k = 0; k < blockSize; k++) if (k < from || k >= to) sum += header[k]
  if (sum === parseOctal(header.subarray(from, to))) return
  throw formatError(
    bytes,
    at === 0
      ? 'not a tar archive, expected one'
      : `a damaged tar header at byte ${at}, copy or save it again`,
  )
}

/** The size: octal digits or, where those do not suffice, a first bit and then a big-endian number. */
function numberOf(bytes: Bytes, header: Uint8Array, at: number): number {
  const field = header.subarray(...fields.size)
  const isBinary = field[0] === 0x80
  const size = isBinary ? field.subarray(1).reduce((sum, byte) => 256 * sum + byte, 0) : parseOctal(field)
  if (Number.isSafeInteger(size)) return size
  throw formatError(bytes, `a damaged tar header at byte ${at}, copy or save it again`)
}

function parseOctal(field: Uint8Array): number {
  const text = textOf(field).trim()
  return /^[0-7]+$/.test(text) ? Number.parseInt(text, 8) : text === '' ? 0 : Number.NaN
}

/** Up to the first zero. */
function textOf(field: Uint8Array): string {
  const end = field.indexOf(0)
  return new TextDecoder().decode(end < 0 ? field : field.subarray(0, end))
}

/** GNU's own headers have other fields in the place of the prefix. */
function nameOf(header: Uint8Array): string {
  const name = textOf(header.subarray(...fields.name))
  const isPosix = textOf(header.subarray(...fields.magic)) === 'ustar'
  const prefix = isPosix ? textOf(header.subarray(...fields.prefix)) : ''
  return prefix === '' ? name : `${prefix}/${name}`
}

/**
 * What a pax header says of the next file, as records `length key=value` of which the length counts all of the
 * record.
 */
function paxOf(bytes: Bytes, content: Uint8Array): { name?: string; size?: number } {
  const found: { name?: string; size?: number } = {}
  const damaged = () => formatError(bytes, 'a damaged pax header, copy or save it again')
  for (let at = 0; at < content.length && content[at] !== 0; ) {
    const digits = /^\d{1,7} /.exec(new TextDecoder().decode(content.subarray(at, at + 8)))?.[0]
    const end = at + Number(digits ?? 0)
    if (digits === undefined || end <= at + digits.length || end > content.length) throw damaged()
    const record = new TextDecoder().decode(content.subarray(at + digits.length, end - 1))
    const equals = record.indexOf('=')
    const [key, value] = [record.slice(0, equals), record.slice(equals + 1)]
    if (key === 'path') found.name = value
    if (key === 'size') found.size = /^\d{1,15}$/.test(value) ? Number(value) : Number.NaN
    if (Number.isNaN(found.size)) throw damaged()
    at = end
  }
  return found
}
