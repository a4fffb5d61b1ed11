import type { Head } from '../onnx/head.ts'
import type { NetworkOutputs } from './network.ts'

/** Relative to the largest logit: float32 sums in another order differ by about 1e-6. */
const TOLERANCE = 1e-3

export interface HeadCheck {
  /** max |Wᵀf + b − logits| over the examples and outputs */
  readonly largestDifference: number
  readonly largestLogit: number
  readonly agrees: boolean
}

/** Whether features · weight + bias is what the model itself gives, on examples that it ran. */
export function verifyHead(
  { weight, bias }: Pick<Head, 'weight' | 'bias'>,
  outputs: NetworkOutputs,
): HeadCheck {
  const { features, logits } = outputs
  const { rows: d, cols: c } = weight
  let largestDifference = 0
  let largestLogit = 0
  for (let i = 0; i < features.rows; i++) {
    for (let j = 0; j < c; j++) {
      let sum = bias?.[j] ?? 0
      for (let a = 0; a < d; a++) sum += features.data[i * d + a] * weight.data[a * c + j]
      const logit = logits.data[i * c + j]
      const difference = Math.abs(sum - logit)
      // NaN, from inputs that the model cannot take, must not pass for agreement.
      largestDifference = Math.max(
        largestDifference,
        Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference,
      )
      largestLogit = Math.max(largestLogit, Math.abs(logit))
    }
  }
  return {
    largestDifference,
    largestLogit,
    agrees:
      Number.isFinite(largestDifference) && largestDifference <= TOLERANCE * Math.max(largestLogit, 1e-6),
  }
}
