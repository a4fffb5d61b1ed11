import type { Matrix } from '../../math/matrix.ts'
import { random } from '../../math/random.ts'
import { UserError } from '../../user-error.ts'
import type { InputType } from './input-tensor.ts'

/** More numbers than a picture of 4,000 × 4,000 pixels has, in three channels. */
const MOST_NUMBERS = 2 ** 26

/**
 * A few inputs of random numbers between −1 and 1, or ids 0 and 1, the same ones at every call, to see what a model
 * does with any. Errors: UserError where the file asks for more numbers than an input can have.
 */
export function trialInputs(
  count: number,
  numbersOfOne: number,
  modelName: string,
  type: InputType = 'float32',
): Matrix<Float32Array> {
  const total = count * numbersOfOne
  if (total > MOST_NUMBERS) {
    throw new UserError(
      'model',
      `${modelName}: an input of ${numbersOfOne} numbers, too many to try it with random ones`,
    )
  }
  const uniform = random(1)
  const next = type === 'float32' ? () => 2 * uniform() - 1 : () => Math.round(uniform())
  return {
    rows: count,
    cols: numbersOfOne,
    data: Float32Array.from({ length: total }, next),
  }
}
