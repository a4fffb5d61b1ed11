import { UserError } from '../user-error.ts'
import { attribute, ELEMENT_TYPE, externalLocation, isExternal, layerName, type OnnxModel } from './model.ts'
import type { NodeProto, TensorProto } from './proto.ts'

/** Reads `length` bytes (null: to the end) at `offset` of a file beside the model. */
export type ReadExternal = (file: string, offset: number, length: number | null) => Promise<Uint8Array>

/** A tensor whose numbers are known without running the model. */
export interface Constant {
  readonly dims: readonly number[]
  readonly data: Float32Array | Float64Array
}

/** Why a tensor is no constant that can be explained: a clause that goes on `its weight …`. */
export interface NotConstant {
  readonly reason: string
}

/**
 * The numbers of a tensor that the file holds, through the few operators that exporters put behind
 * weights: Constant, Identity, Cast to a float type and Transpose.
 */
export async function constantOf(
  model: OnnxModel,
  tensor: string,
  readExternal: ReadExternal,
  /** The tensors that led here, lest a broken file goes in circles. */
  seen: ReadonlySet<string> = new Set(),
): Promise<Constant | NotConstant> {
  if (!tensor) return { reason: 'is missing' }
  if (seen.has(tensor)) return { reason: 'is computed from itself, the graph goes in circles' }
  const behind = (node: NodeProto) =>
    constantOf(model, node.input[0], readExternal, new Set([...seen, tensor]))
  const initializer = model.initializers.get(tensor)
  if (initializer) return readTensor(model, initializer, readExternal)
  const node = model.producers.get(tensor)
  if (!node) return { reason: `is the input ${tensor} of the model` }
  switch (node.opType) {
    case 'Constant': {
      const value = attribute(node, 'value')?.t
      return value ? readTensor(model, value, readExternal) : { reason: 'is a constant of another kind' }
    }
    case 'Identity':
      return behind(node)
    case 'Cast': {
      const to = attribute(node, 'to')?.i
      if (to !== ELEMENT_TYPE.float32 && to !== ELEMENT_TYPE.float64) {
        return { reason: `passes ${layerName(node)}, a Cast to a type without full precision` }
      }
      return behind(node)
    }
    case 'Transpose': {
      const source = await behind(node)
      return 'reason' in source ? source : transposed(source, attribute(node, 'perm')?.ints)
    }
    default:
      return { reason: `is computed by ${layerName(node)} (${node.opType ?? 'no operator'})` }
  }
}

function transposed({ dims, data }: Constant, perm: readonly number[] | undefined): Constant | NotConstant {
  if (dims.length !== 2) return { reason: `is a transposed tensor of ${dims.length} axes` }
  if (perm && perm.length > 0 && perm[0] === 0) return { dims, data }
  const [rows, cols] = dims
  const out = data.slice()
  for (let i = 0; i < rows; i++) for (let j = 0; j < cols; j++) out[j * rows + i] = data[i * cols + j]
  return { dims: [cols, rows], data: out }
}

async function readTensor(
  model: OnnxModel,
  tensor: TensorProto,
  readExternal: ReadExternal,
): Promise<Constant | NotConstant> {
  const { dims, dataType } = tensor
  const isDouble = dataType === ELEMENT_TYPE.float64
  if (!isDouble && dataType !== ELEMENT_TYPE.float32) {
    const type =
      Object.entries(ELEMENT_TYPE).find(([, id]) => id === dataType)?.[0] ??
      (dataType === undefined ? 'no type' : `type ${dataType}`)
    return { reason: `is stored as ${type}, expected float32, export the model in full precision` }
  }
  const inline = isDouble ? tensor.doubleData : tensor.floatData
  if (inline.length > 0) return checked(isDouble ? Float64Array.from(inline) : Float32Array.from(inline))

  let raw = tensor.rawData ?? new Uint8Array(0)
  if (isExternal(tensor)) {
    const { file, offset, length } = externalLocation(tensor, model.name)
    raw = await readExternal(file, offset, length)
  }
  const itemSize = isDouble ? 8 : 4
  // A copy: the bytes may stand at any offset, and typed arrays want theirs aligned.
  const copy = raw.slice(0, raw.byteLength - (raw.byteLength % itemSize))
  return checked(isDouble ? new Float64Array(copy.buffer) : new Float32Array(copy.buffer))

  function checked(data: Constant['data']): Constant {
    const size = dims.reduce((product, dim) => product * dim, 1)
    if (data.length !== size || dims.some(dim => dim < 0)) {
      throw new UserError(
        'format',
        `${model.name}: weights of ${tensor.name}: expected ${size} numbers, got ${data.length}, export it again`,
      )
    }
    return { dims, data }
  }
}
