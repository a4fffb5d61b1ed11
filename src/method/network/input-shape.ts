import type { OnnxModel, TensorInfo } from '../../onnx/model.ts'
import { UserError } from '../../user-error.ts'
import { type InputType, isInputType } from './input-tensor.ts'

/** The only input of a model, of numbers or ids, with an axis for the batch. */
interface ModelInput extends TensorInfo {
  readonly type: InputType
  readonly shape: NonNullable<TensorInfo['shape']>
}

/** Errors: UserError on any other input, and on several. */
export function modelInput(model: OnnxModel): ModelInput {
  const [input] = model.inputs
  if (model.inputs.length === 1 && isInputType(input.type) && input.shape && input.shape.length >= 2) {
    return { ...input, type: input.type, shape: input.shape }
  }
  const found = model.inputs.map(({ name, type, shape }) => `${name} ${type} ${sizes(shape)}`)
  throw new UserError(
    'model',
    `${model.name}: inputs ${found.join('; ')}, expected one input [n, …] of float32, or of int64 for ids`,
  )
}

/**
 * How the model takes examples of the shape that the data has. Axes of size 1 may be missing or added
 * (pictures [28, 28] for an input [n, 1, 28, 28]), and examples or inputs may be flat; sizes that the file
 * leaves open are the data's. Other orders of the axes are refused: the numbers would be jumbled in silence.
 *
 * @param itemShape sizes of one example of the data; null to take the model's own, all of them fixed
 */
export function inputShapeFor(
  model: OnnxModel,
  itemShape: readonly number[] | null,
): { input: ModelInput; inputShape: readonly number[]; batch: number | null } {
  const input = modelInput(model)
  const [batch, ...wanted] = input.shape
  if (itemShape === null) {
    if (isFixed(wanted)) return { input, inputShape: wanted, batch }
    throw new UserError(
      'model',
      `${model.name}: the sizes of input ${input.name} are open, expected fixed ones`,
    )
  }
  if (isFixed(wanted) && sameNumbers(wanted, itemShape)) return { input, inputShape: wanted, batch }
  const fits =
    wanted.length === itemShape.length &&
    wanted.every((size, axis) => (size ?? itemShape[axis]) === itemShape[axis])
  if (fits) return { input, inputShape: itemShape, batch }
  throw new UserError(
    'shape',
    `${model.name}: input ${input.name} takes ${sizes(wanted)} an example, the data has ${sizes(itemShape)}, ` +
      'transpose or reshape the data',
  )
}

const isFixed = (sizes: readonly (number | null)[]): sizes is readonly number[] => !sizes.includes(null)

/** Whether two shapes hold the same numbers in the same order. */
function sameNumbers(a: readonly number[], b: readonly number[]): boolean {
  if (a.length === 1 || b.length === 1) return product(a) === product(b)
  const long = (sizes: readonly number[]) => sizes.filter(size => size !== 1).join()
  return long(a) === long(b)
}

const sizes = (shape: TensorInfo['shape']): string =>
  shape ? `[${shape.map(size => size ?? '?').join(', ')}]` : 'of any shape'

/** How many numbers a tensor of these sizes has. */
export const product = (sizes: readonly number[]): number => sizes.reduce((total, size) => total * size, 1)
