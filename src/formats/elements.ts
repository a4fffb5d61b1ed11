import { narrowFloat16, widenBfloat16, widenFloat16 } from '../math/float16.ts'
import { UserError } from '../user-error.ts'
import type { Bytes } from './bytes.ts'
import type { DType, NdArray, TypedArray } from './ndarray.ts'

/** How elements lie in a file: bfloat16 is stored by some formats but has no NumPy name. */
export type StoredType = DType | 'bfloat16'

interface Layout {
  readonly size: number
  readonly array: new (length: number) => TypedArray
}

const layouts: { [K in StoredType]: Layout } = {
  bool: { size: 1, array: Uint8Array },
  int8: { size: 1, array: Int8Array },
  int16: { size: 2, array: Int16Array },
  int32: { size: 4, array: Int32Array },
  int64: { size: 8, array: BigInt64Array },
  uint8: { size: 1, array: Uint8Array },
  uint16: { size: 2, array: Uint16Array },
  uint32: { size: 4, array: Uint32Array },
  uint64: { size: 8, array: BigUint64Array },
  float16: { size: 2, array: Uint16Array },
  bfloat16: { size: 2, array: Uint16Array },
  float32: { size: 4, array: Float32Array },
  float64: { size: 8, array: Float64Array },
}

/** One read: a slice of 32 MiB is far from every limit on a single buffer, wherever the bytes come from. */
const chunkBytes = 1 << 25

const machineIsLittleEndian = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1

/** Bytes that one element takes in a file. */
export function itemSize(type: StoredType): number {
  return layouts[type].size
}

/** The number of elements of `shape`, or NaN where that is no whole number a file could hold. */
export function elementCount(shape: readonly number[]): number {
  let count = 1
  for (const length of shape) count *= Number.isSafeInteger(length) && length >= 0 ? length : Number.NaN
  return Number.isSafeInteger(count) ? count : Number.NaN
}

/** As `readRawElements`, with float16 and bfloat16 widened to float32. */
export async function readElements(
  bytes: Bytes,
  offset: number,
  count: number,
  type: StoredType,
  littleEndian = true,
): Promise<TypedArray> {
  const data = await readRawElements(bytes, offset, count, type, littleEndian)
  if (type === 'float16') return widenFloat16(data as Uint16Array)
  if (type === 'bfloat16') return widenBfloat16(data as Uint16Array)
  return data
}

/**
 * Reads `count` elements that lie one after another from byte `offset` on, in this machine's byte order:
 * bool as 0 and 1, float16 and bfloat16 as their bits. The caller has checked that the file holds them, so
 * that no more is allocated than the file is long.
 */
export async function readRawElements(
  bytes: Bytes,
  offset: number,
  count: number,
  type: StoredType,
  littleEndian = true,
): Promise<TypedArray> {
  const { size } = layouts[type]
  const data = allocate(bytes, type, count)
  for (let start = 0; start < count * size; start += chunkBytes) {
    const end = Math.min(start + chunkBytes, count * size)
    const part = await bytes.slice(offset + start, offset + end)
    new Uint8Array(data.buffer, start, end - start).set(part)
  }
  if (littleEndian !== machineIsLittleEndian) swapBytes(data, size)
  if (type === 'bool') for (let i = 0; i < count; i++) if (data[i] !== 0) data[i] = 1
  return data
}

function allocate(bytes: Bytes, type: StoredType, count: number): TypedArray {
  const { array: ArrayOf, size } = layouts[type]
  try {
    return new ArrayOf(count)
  } catch (cause) {
    const sentence = `${count * size} bytes of numbers, more than fits into memory here, split it into smaller files`
    throw new UserError('io', `${bytes.name}: ${sentence}`, { cause })
  }
}

function swapBytes(data: TypedArray, size: number): void {
  if (size === 1) return
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength)
  for (let at = 0; at < view.byteLength; at += size) {
    if (size === 2) view.setUint16(at, view.getUint16(at, true))
    else if (size === 4) view.setUint32(at, view.getUint32(at, true))
    else view.setBigUint64(at, view.getBigUint64(at, true))
  }
}

/** The elements of `array` as files keep them: little-endian, float16 narrowed again. */
export function encodeElements({ dtype, shape, data }: NdArray): Uint8Array {
  if (data.length !== elementCount(shape))
    throw new Error(`array: ${data.length} elements, expected shape [${shape.join(', ')}]`)
  const stored = dtype === 'float16' ? narrowFloat16(data as Float32Array) : data
  if (!(stored instanceof layouts[dtype].array))
    throw new Error(`array: a ${data.constructor.name}, expected one that holds ${dtype}`)
  return littleEndianBytes(stored)
}

/** Numbers as little-endian bytes: a copy only where this machine has them otherwise. */
export function littleEndianBytes(data: TypedArray): Uint8Array {
  const stored = machineIsLittleEndian ? data : data.slice()
  fromLittleEndian(stored)
  return new Uint8Array(stored.buffer, stored.byteOffset, stored.byteLength)
}

/** Puts numbers whose bytes are little-endian into this machine's order, in place; or the other way. */
export function fromLittleEndian(data: TypedArray): void {
  if (!machineIsLittleEndian) swapBytes(data, data.BYTES_PER_ELEMENT)
}
