import type { Bytes } from './bytes.ts'
import { elementCount, itemSize, readElements } from './elements.ts'
import { formatError } from './format-error.ts'
import type { DType, NdArray } from './ndarray.ts'

/*
 * The format of the MNIST files, by Yann LeCun: two zero bytes, a type, the number of dimensions, their
 * lengths as 32-bit integers, then the elements; all big-endian.
 */
const types: ReadonlyMap<number, DType> = new Map([
  [0x08, 'uint8'],
  [0x09, 'int8'],
  [0x0b, 'int16'],
  [0x0c, 'int32'],
  [0x0d, 'float32'],
  [0x0e, 'float64'],
])

/** Whether a file that begins like this is an IDX file. */
export function isIdx(prefix: Uint8Array): boolean {
  return prefix.length >= 4 && prefix[0] === 0 && prefix[1] === 0 && types.has(prefix[2]) && prefix[3] > 0
}

/**
 * Reads an IDX file, such as `train-images-idx3-ubyte`; pass a compressed one through `gunzip` first.
 *
 * @throws UserError `format` on a file that is no IDX file or is not as long as it says.
 */
export async function readIdx(bytes: Bytes): Promise<NdArray> {
  const start = await bytes.slice(0, Math.min(4 + 4 * 255, bytes.byteLength))
  const dtype = types.get(start[2])
  if (!isIdx(start) || !dtype)
    throw formatError(bytes, 'not an IDX file, expected one such as train-images-idx3-ubyte')
  const dataOffset = 4 + 4 * start[3]
  if (dataOffset > start.length)
    throw formatError(bytes, `truncated, ${start.length} bytes, expected a header of ${dataOffset}`)
  const view = new DataView(start.buffer, start.byteOffset, start.byteLength)
  const shape = Array.from({ length: start[3] }, (_, axis) => view.getUint32(4 + 4 * axis))
  const found = bytes.byteLength - dataOffset
  const expected = elementCount(shape) * itemSize(dtype)
  if (found !== expected) {
    const length = Number.isNaN(expected) ? 'far more' : expected
    const sentence = `${found} bytes of data, expected ${length} for ${dtype} of shape (${shape.join(', ')})`
    throw formatError(bytes, `${sentence}, copy it again`)
  }
  return { dtype, shape, data: await readElements(bytes, dataOffset, elementCount(shape), dtype, false) }
}
