import type { Matrix } from '../../math/matrix.ts'
import { type Loss, lossOf } from './loss.ts'
import type { Problem } from './problem.ts'

/**
 * How many targets of each output stand at the lower bound of σ, at the upper one, and between them. Where σ comes to
 * its bounds only at infinity, targets of an output that all stand at one pull a free bias there.
 */
export class BoundCounts {
  readonly #range: Loss['range']
  /** [c] each */
  readonly #low: Float64Array
  readonly #high: Float64Array
  readonly #between: Float64Array

  constructor(range: Loss['range'], c: number) {
    this.#range = range
    this.#low = new Float64Array(c)
    this.#high = new Float64Array(c)
    this.#between = new Float64Array(c)
  }

  /**
   * @param targets [rows, c]
   * @param times −1 takes what was counted away
   */
  add({ cols, data }: Matrix, times: 1 | -1 = 1): void {
    const [low, high] = this.#range
    for (let k = 0; k < data.length; k++) {
      const counts = data[k] <= low ? this.#low : data[k] >= high ? this.#high : this.#between
      counts[k % cols] += times
    }
  }

  /** The first output whose bias nothing holds, and the bound that it is pulled to; null where there is none. */
  unheld(): { readonly output: number; readonly bound: number } | null {
    const output = this.#between.findIndex((count, j) => count === 0 && !(this.#low[j] && this.#high[j]))
    return output < 0 ? null : { output, bound: this.#range[this.#low[output] > 0 ? 0 : 1] }
  }
}

/** Counts for the targets of a problem; null where its bias is held whatever they are. */
export function boundCounts({ targets, activation, bias }: Problem): BoundCounts | null {
  const { range, reachesBounds } = lossOf(activation)
  return bias !== 'free' || reachesBounds ? null : new BoundCounts(range, targets.cols)
}
