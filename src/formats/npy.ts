import type { Bytes } from './bytes.ts'
import { elementCount, encodeElements } from './elements.ts'
import type { NdArray, TypedArray } from './ndarray.ts'
import { encodeNpyHeader, readNpyHeader } from './npy-header.ts'
import { type PlacedArray, readPlaced } from './placed-array.ts'

export { encodeNpyHeader, isNpy, readNpyHeader } from './npy-header.ts'

/**
 * Reads an .npy file: either byte order, either index order.
 *
 * @throws UserError `format` on a file that is no .npy, is truncated or does not hold numbers.
 */
export async function readNpy(bytes: Bytes): Promise<NdArray> {
  const { fortranOrder, ...place } = await findElements(bytes)
  const array = await readPlaced(place)
  return fortranOrder ? { ...array, data: toRowMajor(array.data, array.shape) } : array
}

/** Where the elements of an .npy file lie; null where they are not row-major. Errors: as `readNpy`. */
export async function placeNpy(bytes: Bytes): Promise<PlacedArray | null> {
  const { fortranOrder, ...place } = await findElements(bytes)
  return fortranOrder && place.shape.filter(length => length !== 1).length > 1 ? null : place
}

async function findElements(bytes: Bytes): Promise<PlacedArray & { readonly fortranOrder: boolean }> {
  const { dtype: type, dataOffset: offset, ...rest } = await readNpyHeader(bytes)
  return { bytes, offset, type, ...rest }
}

/** Writes a version 1 .npy file, little-endian in C order, byte for byte as numpy.save does. */
export function encodeNpy(array: NdArray): Uint8Array {
  const header = encodeNpyHeader(array.dtype, array.shape)
  const data = encodeElements(array)
  const file = new Uint8Array(header.length + data.length)
  file.set(header)
  file.set(data, header.length)
  return file
}

/** Reorders elements whose first index runs fastest so that the last one does. */
function toRowMajor<T extends TypedArray>(data: T, shape: readonly number[]): TypedArray {
  const inOrder = data.slice()
  const strides = shape.map((_, axis) => elementCount(shape.slice(0, axis)))
  const index = shape.map(() => 0)
  let from = 0
  for (let to = 0; to < data.length; to++) {
    inOrder[to] = data[from]
    // Counts up like an odometer, the last index first.
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      from += strides[axis]
      if (++index[axis] < shape[axis]) break
      from -= strides[axis] * shape[axis]
      index[axis] = 0
    }
  }
  return inOrder
}
