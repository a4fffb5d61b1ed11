import type { ElementType } from '../../onnx/model.ts'
import type { Tensor } from '../../runtime/runtime.ts'
import { UserError } from '../../user-error.ts'

/** What networks take: numbers, or ids such as those of tokens. */
export const INPUT_TYPES = ['float32', 'int64', 'int32'] as const
export type InputType = (typeof INPUT_TYPES)[number]

export const isInputType = (type: ElementType | 'unknown'): type is InputType =>
  INPUT_TYPES.some(known => known === type)

/** Numbers as a network takes them. `name` is what messages call it. Errors: UserError on ids that are not whole. */
export function inputTensor(
  type: InputType,
  data: Float32Array,
  dims: readonly number[],
  name: string,
): Tensor {
  if (type === 'float32') return { type, dims, data }
  const part = data.find(x => !Number.isInteger(x))
  if (part !== undefined) {
    throw new UserError('value', `${name}: ${part} in an input of ids, expected whole numbers as int64`)
  }
  return type === 'int64'
    ? { type, dims, data: BigInt64Array.from(data, BigInt) }
    : { type, dims, data: Int32Array.from(data) }
}
