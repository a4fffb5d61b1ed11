import { type Matrix, rowOf } from '../../math/matrix.ts'
import type { Head, OutputActivation } from '../../onnx/head.ts'
import { lossOf } from '../head/loss.ts'
import type { CheckedOutputs, NetworkOutputs } from './network.ts'

/** Relative to the largest number: float32 sums in another order differ by about 1e-6. */
const TOLERANCE = 1e-3

export interface HeadCheck {
  /** max |Wᵀf + b − logits| over the examples and outputs */
  readonly largestDifference: number
  readonly largestLogit: number
  readonly agrees: boolean
}

/** Whether features · weight + bias is what the given logits are. NaN never agrees. */
export function verifyHead(
  { weight, bias }: Pick<Head, 'weight' | 'bias'>,
  { features, logits }: NetworkOutputs,
): HeadCheck {
  const { rows: d, cols: c } = weight
  const computed = new Float64Array(features.rows * c)
  for (let i = 0; i < features.rows; i++) {
    for (let j = 0; j < c; j++) {
      let sum = bias?.[j] ?? 0
      for (let a = 0; a < d; a++) sum += features.data[i * d + a] * weight.data[a * c + j]
      computed[i * c + j] = sum
    }
  }
  const { largestDifference, largest: largestLogit } = compare(computed, logits.data)
  return { largestDifference, largestLogit, agrees: isClose(largestDifference, largestLogit) }
}

/** As `verifyHead`, and whether the activation of these logits is what the model itself gives. */
export function verifyModel(
  head: Pick<Head, 'weight' | 'bias' | 'activation'>,
  outputs: CheckedOutputs,
): HeadCheck {
  const check = verifyHead(head, outputs)
  if (!check.agrees || !outputs.output) return check
  const expected = activated(outputs.logits, head.activation)
  const given = outputs.output.data
  const { largestDifference, largest } = compare(
    expected,
    head.activation === 'log-softmax' ? given.map(Math.exp) : given,
  )
  return isClose(largestDifference, largest) ? check : { ...check, largestDifference, agrees: false }
}

/** Probabilities, of log-softmax too: their logarithms may be infinite. */
function activated(logits: Matrix, activation: OutputActivation): Float64Array {
  const out = new Float64Array(logits.data)
  if (activation === 'none') return out
  const { activate } = lossOf(activation === 'sigmoid' ? 'sigmoid' : 'softmax')
  for (let i = 0; i < logits.rows; i++) {
    activate(rowOf({ rows: logits.rows, cols: logits.cols, data: out }, i))
  }
  return out
}

function compare(a: ArrayLike<number>, b: ArrayLike<number>): { largestDifference: number; largest: number } {
  let largestDifference = 0
  let largest = 0
  for (let k = 0; k < a.length; k++) {
    const difference = Math.abs(a[k] - b[k])
    largestDifference = Math.max(
      largestDifference,
      Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference,
    )
    largest = Math.max(largest, Math.abs(b[k]))
  }
  return { largestDifference, largest }
}

const isClose = (difference: number, size: number): boolean =>
  Number.isFinite(difference) && difference <= TOLERANCE * Math.max(size, 1e-6)
