import type { Matrix } from '../../math/matrix.ts'
import type { FittedHead } from '../../method/explain/explain.ts'
import type { ChosenOutput } from './chosen-output.ts'

/** By how much the explained logit changes with the features [d]. */
export interface HeadGradient {
  /** Of the fitted head: Θ_j, the sum of α_ij (f_i − μ) over the training examples but for the residual */
  readonly fitted: Float64Array
  /** Of the given head, where that is known */
  readonly given: Float64Array | null
  /** μ of a centred kernel [d]; null where there is none to take away */
  readonly mean: Float64Array | null
}

/** @param weight of the given head [d, c]; null where it is not known */
export function headGradient(
  { theta, kernel }: Pick<FittedHead, 'theta' | 'kernel'>,
  weight: Matrix | null,
  { output, contrast }: ChosenOutput,
): HeadGradient {
  const along = ({ data, cols }: Matrix): Float64Array =>
    Float64Array.from({ length: kernel.d }, (_, a) =>
      contrast === null ? data[a * cols + output] : data[a * cols + output] - data[a * cols + contrast],
    )
  return { fitted: along(theta), given: weight && along(weight), mean: kernel.mean }
}
