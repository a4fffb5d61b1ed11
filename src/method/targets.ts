import { type Matrix, rowOf } from '../math/matrix.ts'
import type { Rows } from '../math/rows.ts'
import { type Activation, LOSSES } from './loss.ts'

/** T = σ(Φ_given) [n, c]: what a fit to the given model is pulled towards (method.md §4). */
export function teacherTargets(logits: Matrix<Float32Array>, activation: Activation): Matrix<Float32Array> {
  const { activate } = LOSSES[activation]
  const data = new Float32Array(logits.data.length)
  for (let i = 0; i < logits.rows; i++) {
    const row = Float64Array.from(rowOf(logits, i))
    activate(row)
    data.set(row, i * logits.cols)
  }
  return { rows: logits.rows, cols: logits.cols, data }
}

/** One-hot labels [n, c], made as they are read: they are never stored. */
export function labelTargets(labels: Int32Array, c: number): Rows {
  const oneHot = (wanted: ArrayLike<number>): Matrix<Float32Array> => {
    const data = new Float32Array(wanted.length * c)
    for (let i = 0; i < wanted.length; i++) data[i * c + wanted[i]] = 1
    return { rows: wanted.length, cols: c, data }
  }
  return {
    rows: labels.length,
    cols: c,
    async *blocks(size) {
      for (let start = 0; start < labels.length; start += size) {
        yield { start, matrix: oneHot(labels.subarray(start, start + size)) }
      }
    },
    fetch: async rows => oneHot(Int32Array.from(rows, i => labels[i])),
  }
}
