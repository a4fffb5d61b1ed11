import type { Bytes } from './bytes.ts'
import { elementCount, itemSize, readElements, readRawElements, type StoredType } from './elements.ts'
import type { NdArray, TypedArray } from './ndarray.ts'

/** Where the elements of an array lie in a file, row-major: it can be read in parts. */
export interface PlacedArray {
  readonly bytes: Bytes
  /** Of the first element, in bytes */
  readonly offset: number
  readonly type: StoredType
  readonly shape: readonly number[]
  readonly littleEndian: boolean
}

/** Reads all of it. */
export async function readPlaced({
  bytes,
  offset,
  type,
  shape,
  littleEndian,
}: PlacedArray): Promise<NdArray> {
  const data = await readElements(bytes, offset, elementCount(shape), type, littleEndian)
  return { dtype: type === 'bfloat16' ? 'float32' : type, shape, data }
}

/** Reads `count` elements from element `start` on, both within the array; halves as their bits. */
export async function readPart(
  { bytes, offset, type, littleEndian }: PlacedArray,
  start: number,
  count: number,
): Promise<TypedArray> {
  const read = type === 'float16' ? readRawElements : readElements
  return read(bytes, offset + start * itemSize(type), count, type, littleEndian)
}
