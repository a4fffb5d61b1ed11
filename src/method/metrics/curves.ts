import type { Matrix } from '../../math/matrix.ts'

/**
 * The first of an order, so many at each step: what a deletion curve leaves out, and an insertion curve fits to.
 *
 * @param order rows, those that speak for the explained output most first
 */
export function prefixes(order: ArrayLike<number>, counts: readonly number[]): Int32Array[] {
  const rows = Int32Array.from(order)
  return counts.map(count => rows.subarray(0, count))
}

/**
 * A deletion curve: by how much the explained output has fallen at each step, mean over test points [steps]. It rises
 * fast where the order begins with what the output rests on.
 *
 * @param outputs of refits, of each point without more and more of its own order [points, steps]
 * @param whole outputs of the head that saw all [points]
 */
export function deletionCurve(outputs: Matrix, whole: ArrayLike<number>): Float64Array {
  return meanOver(outputs, (value, point) => whole[point] - value)
}

/**
 * An insertion curve: the explained output at each step of refits to more and more of a point's order, mean over test
 * points [steps].
 *
 * @param outputs [points, steps]
 */
export function insertionCurve(outputs: Matrix): Float64Array {
  return meanOver(outputs, value => value)
}

function meanOver({ rows, cols, data }: Matrix, of: (value: number, point: number) => number): Float64Array {
  const mean = new Float64Array(cols)
  for (let k = 0; k < data.length; k++) mean[k % cols] += of(data[k], Math.floor(k / cols)) / rows
  return mean
}

/** The area under a curve through points, over the width that it spans (trapezoidal rule): its mean height. */
export function meanHeight(x: ArrayLike<number>, y: ArrayLike<number>): number {
  let area = 0
  for (let i = 1; i < x.length; i++) area += ((x[i] - x[i - 1]) * (y[i] + y[i - 1])) / 2
  return area / (x[x.length - 1] - x[0])
}
