import type { Bytes } from './bytes.ts'
import { elementCount, encodeElements, itemSize, type StoredType } from './elements.ts'
import { formatError } from './format-error.ts'
import type { NdArray } from './ndarray.ts'
import { type PlacedArray, readPlaced } from './placed-array.ts'

/*
 * A 64-bit little-endian length N, N bytes of JSON, then the tensors, row-major and little-endian:
 *
 *   { "__metadata__": { text: text }, name: { dtype, shape, data_offsets: [begin, end] }, … }
 *
 * The offsets count from the end of the header and cover the rest of the file without holes or overlaps
 * (https://github.com/huggingface/safetensors#format).
 */

/** The limit of the format's own reader. */
const maxHeaderBytes = 100_000_000

const codes: { [K in StoredType]: string } = {
  bool: 'BOOL',
  int8: 'I8',
  int16: 'I16',
  int32: 'I32',
  int64: 'I64',
  uint8: 'U8',
  uint16: 'U16',
  uint32: 'U32',
  uint64: 'U64',
  float16: 'F16',
  bfloat16: 'BF16',
  float32: 'F32',
  float64: 'F64',
}

const types = new Map(Object.entries(codes).map(([type, code]) => [code, type as StoredType]))

interface Entry {
  readonly name: string
  readonly type: StoredType
  readonly shape: readonly number[]
  readonly begin: number
  readonly end: number
}

export interface ReadSafetensorsOptions {
  /** The tensors to read, all by default. One that the file lacks is left out. */
  readonly names?: readonly string[]
}

/**
 * Reads tensors of a .safetensors file by name; BF16 is widened to float32.
 *
 * @throws UserError `format` on a file that is damaged, truncated or holds a dtype that has no array here.
 */
export async function readSafetensors(
  bytes: Bytes,
  { names }: ReadSafetensorsOptions = {},
): Promise<Map<string, NdArray>> {
  const tensors = new Map<string, NdArray>()
  for (const [name, place] of await placeTensors(bytes)) {
    if (!names || names.includes(name)) tensors.set(name, await readPlaced(place))
  }
  return tensors
}

/** Where each tensor lies, in the order of the data. Errors: as `readSafetensors`. */
export async function placeTensors(bytes: Bytes): Promise<Map<string, PlacedArray>> {
  const { entries, dataOffset } = await readEntries(bytes)
  const placed = ({ name, type, shape, begin }: Entry): [string, PlacedArray] => [
    name,
    { bytes, offset: dataOffset + begin, type, shape, littleEndian: true },
  ]
  return new Map(entries.map(placed))
}

/** The names of the tensors, which are not read. */
export async function readSafetensorsNames(bytes: Bytes): Promise<string[]> {
  return (await readEntries(bytes)).entries.map(({ name }) => name)
}

/** What the header lists, in the order of the data. */
async function readEntries(bytes: Bytes): Promise<{ entries: readonly Entry[]; dataOffset: number }> {
  const { header, dataOffset } = await readHeader(bytes)
  const entries = Object.entries(header)
    .filter(([name]) => name !== '__metadata__')
    .map(([name, value]) => interpret(bytes, name, value))
    .sort((a, b) => a.begin - b.begin || a.end - b.end)
  checkCover(bytes, entries, bytes.byteLength - dataOffset)
  return { entries, dataOffset }
}

async function readHeader(bytes: Bytes): Promise<{ header: object; dataOffset: number }> {
  if (bytes.byteLength < 8)
    throw formatError(bytes, `truncated, ${bytes.byteLength} bytes, expected a header of at least 8`)
  const start = await bytes.slice(0, 8)
  const length = Number(new DataView(start.buffer, start.byteOffset, 8).getBigUint64(0, true))
  if (length > maxHeaderBytes)
    throw formatError(bytes, `a header of ${length} bytes, expected a .safetensors file with at most 100 MB`)
  const dataOffset = 8 + length
  if (dataOffset > bytes.byteLength)
    throw formatError(bytes, `truncated, ${bytes.byteLength} bytes, expected a header of ${dataOffset}`)
  let header: unknown
  try {
    header = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(await bytes.slice(8, dataOffset)))
  } catch (cause) {
    throw formatError(bytes, 'a header that is not JSON, expected a .safetensors file, save it again', cause)
  }
  if (!isObject(header)) throw formatError(bytes, 'a damaged header, expected an object, save it again')
  return { header, dataOffset }
}

function interpret(bytes: Bytes, name: string, value: unknown): Entry {
  const { dtype, shape, data_offsets: offsets } = isObject(value) ? (value as Record<string, unknown>) : {}
  const count = Array.isArray(shape) ? elementCount(shape) : Number.NaN
  if (typeof dtype !== 'string' || Number.isNaN(count) || !isRange(offsets))
    throw formatError(
      bytes,
      `tensor ${name} is damaged, expected dtype, shape and data_offsets, save it again`,
    )
  const type = types.get(dtype)
  if (!type)
    throw formatError(
      bytes,
      `tensor ${name} has dtype ${dtype}, expected one of ${Object.values(codes).join(', ')}, save it as F32`,
    )
  const [begin, end] = offsets
  const expected = count * itemSize(type)
  if (end - begin !== expected)
    throw formatError(bytes, `tensor ${name} has ${end - begin} bytes, expected ${expected}, save it again`)
  return { name, type, shape: shape as number[], begin, end }
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isRange(value: unknown): value is [number, number] {
  return Array.isArray(value) && value.length === 2 && value.every(n => Number.isSafeInteger(n) && n >= 0)
}

function checkCover(bytes: Bytes, entries: readonly Entry[], length: number): void {
  let covered = 0
  for (const { name, begin, end } of entries) {
    if (begin !== covered)
      throw formatError(bytes, `tensor ${name} begins at byte ${begin} of the data, expected ${covered}`)
    covered = end
  }
  if (covered === length) return
  const problem = length < covered ? 'truncated' : 'longer than its header says'
  throw formatError(bytes, `${problem}, ${length} bytes of data, expected ${covered}, save or copy it again`)
}

/**
 * Writes a .safetensors file. The same tensors and metadata give the same bytes, in whatever order they
 * come: larger elements lie first, so that each tensor is aligned to its own, then by name.
 */
export function encodeSafetensors(
  tensors: Readonly<Record<string, NdArray>>,
  metadata?: Readonly<Record<string, string>>,
): Uint8Array {
  if ('__metadata__' in tensors) throw new Error('tensor __metadata__: a reserved name')
  const parts = Object.entries(tensors)
    .sort(([a, x], [b, y]) => itemSize(y.dtype) - itemSize(x.dtype) || compare(a, b))
    .map(([name, array]) => ({ name, array, content: encodeElements(array) }))
  const header: [string, object][] = metadata ? [['__metadata__', sorted(metadata)]] : []
  let length = 0
  for (const { name, array, content } of parts) {
    const offsets = [length, length + content.length]
    header.push([name, { dtype: codes[array.dtype], shape: array.shape, data_offsets: offsets }])
    length += content.length
  }
  const json = new TextEncoder().encode(JSON.stringify(Object.fromEntries(header)))
  const dataOffset = 8 + Math.ceil(json.length / 8) * 8
  const file = new Uint8Array(dataOffset + length).fill(0x20, 8, dataOffset)
  new DataView(file.buffer).setBigUint64(0, BigInt(dataOffset - 8), true)
  file.set(json, 8)
  let at = dataOffset
  for (const { content } of parts) {
    file.set(content, at)
    at += content.length
  }
  return file
}

function sorted(metadata: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(metadata).sort(([a], [b]) => compare(a, b)))
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
