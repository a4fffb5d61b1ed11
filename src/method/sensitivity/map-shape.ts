import type { Matrix } from '../../math/matrix.ts'
import { rowOf } from '../../math/matrix.ts'
import type { Sizes } from '../../onnx/adjoint/emitter.ts'
import { UserError } from '../../user-error.ts'
import { product } from '../network/input-shape.ts'

/** Where the batch stands among the axes of a tensor, and what is left of these without it. */
export interface BatchAxis {
  readonly mapShape: readonly number[]
  /** Numbers that stand together behind the batch's axis; a map without such an axis is one piece */
  readonly inner: number
}

/**
 * @param fixed the batch that the network fixes, in front of every tensor; null where sizes say which axis it is
 * @param name what messages call the tensor. Errors: UserError where several inputs share it
 */
export function batchAxis(sizes: Sizes, fixed: number | null, name: string): BatchAxis {
  const known = sizes.map(size => size ?? 1)
  const axis = fixed === null ? sizes.indexOf(null) : known[0] === fixed ? 0 : -1
  if (axis < 0 && fixed !== null && fixed > 1) {
    throw new UserError(
      'model',
      `${name}: [${known.join(', ')}] for a batch of ${fixed}, expected the batch in front, choose another tensor`,
    )
  }
  if (axis < 0) return { mapShape: known, inner: product(known) }
  return { mapShape: known.filter((_, a) => a !== axis), inner: product(known.slice(axis + 1)) }
}

/** Copies the first `count` maps of a gradient with a batch of `rows` into the rows of `maps` from `start` on. */
export function copyMaps(
  gradient: Float32Array,
  { inner }: BatchAxis,
  rows: number,
  maps: Matrix<Float32Array>,
  start: number,
  count: number,
): void {
  for (let k = 0; k < count; k++) {
    const map = rowOf(maps, start + k)
    for (let at = 0; at < map.length; at += inner) {
      const from = at * rows + k * inner
      map.set(gradient.subarray(from, from + inner), at)
    }
  }
}
