import type { Bytes } from './bytes.ts'
import { elementCount, itemSize } from './elements.ts'
import { formatError } from './format-error.ts'
import type { DType } from './ndarray.ts'
import { type PythonLiteral, parsePythonLiteral } from './python-literal.ts'

/** What an .npy file says of its elements, which fill the file from byte `dataOffset` to its end. */
export interface NpyHeader {
  readonly dtype: DType
  readonly shape: readonly number[]
  /** The first index runs fastest: column-major. */
  readonly fortranOrder: boolean
  readonly littleEndian: boolean
  readonly dataOffset: number
}

/** NumPy's own header takes a hundred bytes; only structured dtypes, which are refused, take many more. */
const maxHeaderBytes = 1 << 20

/** NumPy leaves room for the first length to grow to this many digits without moving the data. */
const growthDigits = 21

const codes: { [K in DType]: string } = {
  bool: '|b1',
  int8: '|i1',
  int16: '<i2',
  int32: '<i4',
  int64: '<i8',
  uint8: '|u1',
  uint16: '<u2',
  uint32: '<u4',
  uint64: '<u8',
  float16: '<f2',
  float32: '<f4',
  float64: '<f8',
}

const dtypes = new Map(Object.entries(codes).map(([dtype, code]) => [code.slice(1), dtype as DType]))

/**
 * Reads the header of an .npy file, versions 1 to 3, and checks that the file is as long as it says.
 *
 * @throws UserError `format` on a file that is no .npy, is truncated or does not hold numbers.
 */
export async function readNpyHeader(bytes: Bytes): Promise<NpyHeader> {
  const start = await bytes.slice(0, Math.min(12, bytes.byteLength))
  if (!isNpy(start)) throw formatError(bytes, 'not an .npy file, expected one that numpy.save wrote')
  if (start.length < 12) throw formatError(bytes, `truncated, ${start.length} bytes, expected a header`)
  const version = start[6]
  if (version < 1 || version > 3) throw formatError(bytes, `.npy version ${version}, expected 1, 2 or 3`)
  const view = new DataView(start.buffer, start.byteOffset, start.byteLength)
  const textOffset = version === 1 ? 10 : 12
  const textLength = version === 1 ? view.getUint16(8, true) : view.getUint32(8, true)
  const dataOffset = textOffset + textLength
  if (dataOffset > bytes.byteLength)
    throw formatError(bytes, `truncated, ${bytes.byteLength} bytes, expected a header of ${dataOffset}`)
  if (textLength > maxHeaderBytes)
    throw formatError(bytes, `a header of ${textLength} bytes, expected at most ${maxHeaderBytes}`)
  const text = new TextDecoder(version === 3 ? 'utf-8' : 'latin1').decode(
    await bytes.slice(textOffset, dataOffset),
  )
  const header = { ...interpret(bytes, text), dataOffset }
  checkLength(bytes, header)
  return header
}

/** Whether a file that begins like this is an .npy file. */
export function isNpy(prefix: Uint8Array): boolean {
  return [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59].every((byte, i) => prefix[i] === byte)
}

function interpret(bytes: Bytes, text: string): Omit<NpyHeader, 'dataOffset'> {
  let header: PythonLiteral
  try {
    header = parsePythonLiteral(text)
  } catch (cause) {
    throw formatError(bytes, `a damaged header (${(cause as Error).message}), save it again`, cause)
  }
  const [descr, fortranOrder, shape] =
    header instanceof Map ? ['descr', 'fortran_order', 'shape'].map(key => header.get(key)) : []
  if (descr === undefined || typeof fortranOrder !== 'boolean' || !Array.isArray(shape))
    throw formatError(bytes, 'a damaged header, expected descr, fortran_order and shape, save it again')
  if (Number.isNaN(elementCount(shape as number[])))
    throw formatError(
      bytes,
      `shape (${shape.join(', ')}), expected lengths from 0 up that a file can hold, save it again`,
    )
  return { ...interpretDType(bytes, descr), fortranOrder, shape: shape as number[] }
}

function interpretDType(bytes: Bytes, descr: PythonLiteral): Pick<NpyHeader, 'dtype' | 'littleEndian'> {
  if (typeof descr !== 'string')
    throw formatError(bytes, 'a structured array, expected numbers, save each field as an array of its own')
  const order = descr[0]
  const dtype = dtypes.get(descr.slice(1))
  if (dtype && (order === '<' || order === '>' || (order === '|' && itemSize(dtype) === 1)))
    return { dtype, littleEndian: order !== '>' }
  throw formatError(bytes, refusal(descr))
}

function refusal(descr: string): string {
  const again = 'save it again with a numeric dtype'
  if (descr === '|V2')
    return 'raw elements of 2 bytes (|V2, probably bfloat16), expected numbers, save it again as float32'
  const kind = descr.replace(/^[<>|=]/, '')[0]
  if (kind === 'O') return `an object array (pickled Python objects), expected numbers, ${again}`
  if (kind === 'U' || kind === 'S') return `an array of text (${descr}), expected numbers, ${again}`
  if (kind === 'c') return `complex numbers (${descr}), expected real ones, ${again}`
  return `dtype ${descr}, expected one of ${Object.keys(codes).join(', ')}, ${again}`
}

function checkLength(bytes: Bytes, { dtype, shape, dataOffset }: NpyHeader): void {
  const found = bytes.byteLength - dataOffset
  const expected = elementCount(shape) * itemSize(dtype)
  if (found === expected) return
  const problem = found < expected ? 'truncated' : 'longer than its header says'
  const sentence = `${problem}, ${found} bytes of data, expected ${expected}`
  throw formatError(bytes, `${sentence} for ${dtype} of shape (${shape.join(', ')}), save or copy it again`)
}

/** The header that NumPy writes before the data of a little-endian C-order array, byte for byte. */
export function encodeNpyHeader(dtype: DType, shape: readonly number[]): Uint8Array {
  const tuple = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(', ')})`
  const dict = `{'descr': '${codes[dtype]}', 'fortran_order': False, 'shape': ${tuple}, }`
  const spare = shape.length ? Math.max(0, growthDigits - String(shape[0]).length) : 0
  const used = 10 + dict.length + spare + 1
  // A header that ends on 64 bytes by itself gets 64 more, as NumPy's own.
  const text = `${dict}${' '.repeat(spare + 64 - (used % 64))}\n`
  const header = new Uint8Array(10 + text.length)
  header.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, text.length & 0xff, text.length >> 8])
  header.set(new TextEncoder().encode(text), 10)
  return header
}
