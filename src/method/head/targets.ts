import { type Matrix, rowOf } from '../../math/matrix.ts'
import type { Rows } from '../../math/rows.ts'
import type { Activation } from '../../onnx/activation.ts'
import { UserError } from '../../user-error.ts'
import { boundCounts } from './bound-counts.ts'
import { lossOf } from './loss.ts'
import type { Problem } from './problem.ts'

/** T = σ(Φ_given) [n, c]: what a fit to the given model is pulled towards (method.md §4). */
export function teacherTargets(logits: Matrix<Float32Array>, activation: Activation): Matrix<Float32Array> {
  const { activate } = lossOf(activation)
  const data = new Float32Array(logits.data.length)
  for (let i = 0; i < logits.rows; i++) {
    const row = new Float64Array(rowOf(logits, i))
    activate(row)
    data.set(row, i * logits.cols)
  }
  return { rows: logits.rows, cols: logits.cols, data }
}

/**
 * Refuses soft targets that no value of σ comes near: rows that do not sum to 1 under softmax, numbers beyond
 * what σ gives under the others. Errors: UserError `value`, naming the first. `name` is what messages call them;
 * row 0 of the matrix is row `start` there.
 */
export function expectSuitable(
  targets: Matrix<Float32Array>,
  activation: Activation,
  name: string,
  start = 0,
): void {
  const [low, high] = lossOf(activation).range
  const slack = activation === 'softmax' ? TOLERANCE : 0
  for (let i = 0; i < targets.rows; i++) {
    const row = rowOf(targets, i)
    const at = row.findIndex(t => !(t >= low - slack && t <= high + slack))
    if (at >= 0) {
      throw new UserError(
        'value',
        `${name}: ${row[at]} at row ${start + i}, output ${at}, expected ${low} to ${high}, which ${activation} gives`,
      )
    }
    const sum = row.reduce((total, t) => total + t, 0)
    if (activation === 'softmax' && Math.abs(sum - 1) > TOLERANCE) {
      throw new UserError(
        'value',
        `${name}: row ${start + i} sums to ${sum.toPrecision(6)}, expected probabilities that sum to 1, divide each row by its sum`,
      )
    }
  }
}

/** What single precision leaves of a sum over a thousand outputs. */
const TOLERANCE = 1e-4

/** A problem without a minimum, which no solver converges on. */
export class NoMinimum extends UserError {
  constructor(message: string) {
    super('value', message)
  }
}

/**
 * Refuses a free bias where nothing holds it: under an activation that comes to its bounds only at infinity,
 * an output whose targets all stand at a bound pulls it there. Errors: NoMinimum.
 */
export async function expectMinimum(problem: Problem): Promise<void> {
  const counts = boundCounts(problem)
  if (counts === null) return
  for await (const { matrix } of problem.targets.blocks(4096)) counts.add(matrix)
  const unheld = counts.unheld()
  if (unheld === null) return
  const { output, bound } = unheld
  throw new NoMinimum(
    `bias free: the targets of output ${output} are ${bound} for every training example, so its bias has no minimum, ` +
      'use --bias regularised, or leave the output out',
  )
}

/** One-hot labels [n, c], or 0 and 1 of a single output, made as they are read: they are never stored. */
export function labelTargets(labels: Int32Array, c: number): Rows {
  const oneHot = (wanted: ArrayLike<number>): Matrix<Float32Array> => {
    const data = new Float32Array(wanted.length * c)
    if (c === 1) data.set(wanted)
    else for (let i = 0; i < wanted.length; i++) data[i * c + wanted[i]] = 1
    return { rows: wanted.length, cols: c, data }
  }
  return {
    rows: labels.length,
    cols: c,
    dtype: 'float32',
    async *blocks(size, from = 0) {
      for (let start = from; start < labels.length; start += size) {
        yield { start, matrix: oneHot(labels.subarray(start, start + size)) }
      }
    },
    fetch: async rows => oneHot(Int32Array.from(rows, i => labels[i])),
  }
}
