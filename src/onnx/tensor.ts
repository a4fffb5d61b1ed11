import { widenBfloat16, widenFloat16 } from '../math/float16.ts'
import { UserError } from '../user-error.ts'
import { ELEMENT_TYPE, type ElementType, externalLocation, isExternal } from './model.ts'
import type { TensorProto } from './proto.ts'

/** Reads `length` bytes (null: to the end) at `offset` of a file beside the model. */
export type ReadExternal = (file: string, offset: number, length: number | null) => Promise<Uint8Array>

export type Numbers = Float32Array | Float64Array

/** A tensor whose numbers are known without running the model. */
export interface Constant {
  readonly dims: readonly number[]
  /** What the graph takes the numbers for; half precision and small integers are widened here. */
  readonly type: ElementType
  /**
   * Reads its numbers, as many as its sizes say, when they are first asked for. Errors: UserError where the
   * file holds others.
   */
  readonly numbers: () => Promise<Numbers>
}

/** Why a tensor is no constant that can be explained: a clause that goes on `its weight …`. */
export interface NotConstant {
  readonly reason: string
}

/** More axes than any tensor has. */
export const MAX_AXES = 64

/** How a type of elements stands in a file. */
interface Stored {
  readonly itemSize: number
  /** Numbers of the protocol buffer itself, where there are no raw bytes. */
  readonly inline: (tensor: TensorProto) => readonly number[]
  readonly fromInline: (numbers: readonly number[]) => Numbers
  readonly fromRaw: (bytes: ArrayBuffer) => Numbers
}

const singles = (numbers: ArrayLike<number>): Float32Array => Float32Array.from(numbers)
const doubles = (numbers: ArrayLike<number>): Float64Array => Float64Array.from(numbers)
const int32s = (tensor: TensorProto) => tensor.int32Data

/** Types that weights, scales, zero points, axes and shapes come in. */
const STORED: { readonly [K in ElementType]?: Stored } = {
  float32: {
    itemSize: 4,
    inline: tensor => tensor.floatData,
    fromInline: singles,
    fromRaw: bytes => new Float32Array(bytes),
  },
  float64: {
    itemSize: 8,
    inline: tensor => tensor.doubleData,
    fromInline: doubles,
    fromRaw: bytes => new Float64Array(bytes),
  },
  float16: {
    itemSize: 2,
    inline: int32s,
    fromInline: bits => widenFloat16(Uint16Array.from(bits)),
    fromRaw: bytes => widenFloat16(new Uint16Array(bytes)),
  },
  bfloat16: {
    itemSize: 2,
    inline: int32s,
    fromInline: bits => widenBfloat16(Uint16Array.from(bits)),
    fromRaw: bytes => widenBfloat16(new Uint16Array(bytes)),
  },
  uint8: {
    itemSize: 1,
    inline: int32s,
    fromInline: singles,
    fromRaw: bytes => singles(new Uint8Array(bytes)),
  },
  int8: { itemSize: 1, inline: int32s, fromInline: singles, fromRaw: bytes => singles(new Int8Array(bytes)) },
  int32: {
    itemSize: 4,
    inline: int32s,
    fromInline: doubles,
    fromRaw: bytes => doubles(new Int32Array(bytes)),
  },
  int64: {
    itemSize: 8,
    inline: tensor => tensor.int64Data,
    fromInline: doubles,
    fromRaw: bytes => Float64Array.from(new BigInt64Array(bytes), Number),
  },
}

/** What messages call a type of elements. */
function typeName(dataType: number | undefined): string {
  const name = elementType(dataType)
  return name ?? (dataType === undefined ? 'no type' : `type ${dataType}`)
}

function elementType(dataType: number | undefined): ElementType | undefined {
  return (Object.keys(ELEMENT_TYPE) as ElementType[]).find(type => ELEMENT_TYPE[type] === dataType)
}

/** A tensor that the file holds, or a file beside it. */
export function readTensor(
  modelName: string,
  tensor: TensorProto,
  readExternal: ReadExternal,
): Constant | NotConstant {
  const { dims, dataType } = tensor
  const type = elementType(dataType)
  const stored = type && STORED[type]
  if (!stored) return { reason: storedAs(typeName(dataType)) }
  if (dims.length > MAX_AXES) return { reason: `has ${dims.length} axes` }
  const numbers = async () => {
    const data = await numbersOf(modelName, tensor, stored, readExternal)
    const size = dims.reduce((product, dim) => product * dim, 1)
    if (data.length === size && !dims.some(dim => dim < 0)) return data
    throw new UserError(
      'format',
      `${modelName}: weights of ${tensor.name}: expected ${size} numbers, got ${data.length}, export it again`,
    )
  }
  return { dims, type, numbers }
}

async function numbersOf(
  modelName: string,
  tensor: TensorProto,
  { itemSize, inline, fromInline, fromRaw }: Stored,
  readExternal: ReadExternal,
): Promise<Numbers> {
  const numbers = inline(tensor)
  if (numbers.length > 0) return fromInline(numbers)
  let raw = tensor.rawData ?? new Uint8Array(0)
  if (isExternal(tensor)) {
    const { file, offset, length } = externalLocation(tensor, modelName)
    raw = await readExternal(file, offset, length)
  }
  // A copy: the bytes may stand at any offset, and typed arrays want theirs aligned.
  return fromRaw(raw.slice(0, raw.byteLength - (raw.byteLength % itemSize)).buffer as ArrayBuffer)
}

/** Why numbers of another precision are no weights of a head that is computed in float32. */
export const storedAs = (type: string): string =>
  `is stored as ${type}, expected float32, export the model in full precision`
