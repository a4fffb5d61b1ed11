import type { Matrix } from '../../math/matrix.ts'

/** A test point, and what of it is explained. */
export interface TestPoint {
  /** [d], without the constant feature */
  readonly features: ArrayLike<number>
  /** The output that is explained */
  readonly output: number
  /** The output that it is contrasted with: Φ_output − Φ_against is explained */
  readonly against?: number
  /** What the loss at the point pulls towards [c]; what the head predicts unless given */
  readonly target?: ArrayLike<number>
}

/** Values of consecutive training examples for consecutive test points. Valid until the next block. */
export interface ValueBlock {
  /** The training example of the first row */
  readonly start: number
  /** The test point of the first column */
  readonly point: number
  /** [rows, points] */
  readonly values: Matrix<Float64Array>
}

/**
 * What each training example contributes to each test point, by one method. Every method has one sign: positive
 * where the example raises the explained output, or, of a method that looks at the loss, where it lowers the loss of
 * the test point's target (method.md §6).
 */
export interface Attribution {
  /** Values for all pairs, block by block: all training examples for some of the points, then for the next. */
  values(points: readonly TestPoint[]): AsyncIterable<ValueBlock>
  /** Frees what is held outside the heap. */
  release(): Promise<void>
}

/** e_output − e_against [c] */
export function directionOf({ output, against }: TestPoint, c: number): Float64Array {
  const direction = new Float64Array(c)
  direction[output] += 1
  if (against !== undefined) direction[against] -= 1
  return direction
}

/** f̃ of a test point: its features, with the constant 1 behind them where there is one. */
export function extendedFeatures({ features }: TestPoint, constant: boolean): Float64Array {
  const out = new Float64Array(features.length + Number(constant)).fill(1)
  out.set(features)
  return out
}
