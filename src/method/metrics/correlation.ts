import type { Matrix } from '../../math/matrix.ts'
import { Correlation } from '../../math/statistics.ts'

/** Pearson's correlation of pairs; NaN where a side is constant. */
export function pearson(x: ArrayLike<number>, y: ArrayLike<number>): number {
  const correlation = new Correlation()
  for (let i = 0; i < x.length; i++) correlation.add(x[i], y[i])
  return correlation.value
}

/** Spearman's rank correlation of pairs: Pearson's of their ranks; NaN where a side is constant. */
export function spearman(x: ArrayLike<number>, y: ArrayLike<number>): number {
  return pearson(ranks(x), ranks(y))
}

/** Spearman's correlation of each column of one matrix with the same of another of its shape [cols]. */
export function columnSpearman(x: Matrix, y: Matrix): Float64Array {
  return Float64Array.from({ length: x.cols }, (_, t) => spearman(column(x, t), column(y, t)))
}

const column = ({ rows, cols, data }: Matrix, t: number): Float64Array =>
  Float64Array.from({ length: rows }, (_, i) => data[i * cols + t])

/** The rank of each number among all, from 1 for the smallest; those that tie share the mean of theirs. */
export function ranks(values: ArrayLike<number>): Float64Array {
  const order = Array.from({ length: values.length }, (_, i) => i).sort((a, b) => values[a] - values[b])
  const out = new Float64Array(values.length)
  for (let start = 0; start < order.length; ) {
    let end = start + 1
    while (end < order.length && values[order[end]] === values[order[start]]) end++
    for (let k = start; k < end; k++) out[order[k]] = (start + end + 1) / 2
    start = end
  }
  return out
}
