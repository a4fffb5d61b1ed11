import type { Matrix } from '../../math/matrix.ts'
import { rowOf } from '../../math/matrix.ts'
import type { Sizes } from '../../onnx/adjoint/emitter.ts'
import { product } from '../network/input-shape.ts'

/** Where the batch stands among the axes of a tensor, and what is left of these without it. */
export interface BatchAxis {
  readonly mapShape: readonly number[]
  /** Numbers that stand together behind the batch's axis; a map without such an axis is one piece */
  readonly inner: number
}

/** @param axis the batch's; null where the tensor is that of one input as it stands */
export function batchAxis(sizes: Sizes, axis: number | null): BatchAxis {
  const known = sizes.map(size => size ?? 1)
  return {
    mapShape: known.filter((_, a) => a !== axis),
    inner: product(axis === null ? known : known.slice(axis + 1)),
  }
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
