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
  /** The share of some training examples in it, and in the logit of a feature vector [d] */
  readonly shareOf: (rows: Iterable<number>, features: ArrayLike<number>) => RowsShare
}

/** @param weight of the given head [d, c]; null where it is not known */
export function headGradient(
  head: Pick<FittedHead, 'theta' | 'features' | 'alpha' | 'kernel'>,
  weight: Matrix | null,
  chosen: ChosenOutput,
): HeadGradient {
  const { theta, kernel } = head
  const { output, contrast } = chosen
  const along = ({ data, cols }: Matrix): Float64Array =>
    Float64Array.from({ length: kernel.d }, (_, a) =>
      contrast === null ? data[a * cols + output] : data[a * cols + output] - data[a * cols + contrast],
    )
  return {
    fitted: along(theta),
    given: weight && along(weight),
    mean: kernel.mean,
    shareOf: (rows, features) => shareOfRows(head, rows, chosen, features),
  }
}

/** The share of some training examples in Θ_j. */
export interface RowsShare {
  /** The sum of α_ij (f_i − μ) over them [d], their share in the gradient of the fitted head */
  readonly gradient: Float64Array
  /** The sum of their representer values for a query, in logits */
  readonly value: number
}

/** @param query features of what is explained [d] */
function shareOfRows(
  { features, alpha, kernel }: Pick<FittedHead, 'features' | 'alpha' | 'kernel'>,
  rows: Iterable<number>,
  { output, contrast }: ChosenOutput,
  query: ArrayLike<number>,
): RowsShare {
  const { d, mean, constant } = kernel
  const gradient = new Float64Array(d)
  let weights = 0
  for (const row of rows) {
    const at = alpha.locate(row)
    const weight = alpha.data[at + output] - (contrast === null ? 0 : alpha.data[at + contrast])
    const from = features.locate(row)
    weights += weight
    for (let a = 0; a < d; a++) gradient[a] += weight * (features.data[from + a] - (mean?.[a] ?? 0))
  }
  let value = constant ? weights : 0
  for (let a = 0; a < d; a++) value += gradient[a] * (query[a] - (mean?.[a] ?? 0))
  return { gradient, value }
}
