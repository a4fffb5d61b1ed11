import { product } from '../constant-shape.ts'
import type { Emitter, Sizes } from './emitter.ts'

/** How many numbers axes hold; null where the batch is one of them. */
export const together = (sizes: Sizes): number | null =>
  sizes.every(size => size !== null) ? product(sizes) : null

/**
 * Multiplies along one axis with a matrix [to, from].
 *
 * @param sizes of the tensor, with `from` at the axis
 */
export function along(e: Emitter, tensor: string, sizes: Sizes, axis: number, matrix: string): string {
  const around = [together(sizes.slice(0, axis)), sizes[axis], together(sizes.slice(axis + 1))]
  return e.op('MatMul', [matrix, e.reshape(tensor, around)])
}

/** The matrix with ones on its diagonal. */
export function identity(e: Emitter, size: number): string {
  const ones = Array.from({ length: size * size }, (_, at) => (at % (size + 1) === 0 ? 1 : 0))
  return e.floats(ones, [size, size])
}
