import type { Constant, NotConstant } from './tensor.ts'

/*
 * Constants in other shapes, as ONNX's operators of these names make them.
 */

export const product = (sizes: readonly number[]): number => sizes.reduce((total, size) => total * size, 1)

/** Axis k of the answer is axis perm[k] of the source; without a permutation the axes turn round. */
export function transposed(source: Constant, perm: readonly number[] | undefined): Constant | NotConstant {
  const { dims, data } = source
  const rank = dims.length
  const order = perm && perm.length > 0 ? perm : dims.map((_, k) => rank - 1 - k)
  if (order.length !== rank || dims.some((_, axis) => !order.includes(axis))) {
    return { reason: `is a tensor of ${rank} axes transposed by [${order.join(', ')}]` }
  }
  const strides = dims.map((_, axis) => product(dims.slice(axis + 1)))
  const outDims = order.map(axis => dims[axis])
  const outStrides = order.map(axis => strides[axis])
  const out = data.slice()
  const at = new Array<number>(rank).fill(0)
  for (let i = 0, from = 0; i < data.length; i++) {
    out[i] = data[from]
    // Counts up like an odometer: the last axis turns fastest.
    for (let k = rank - 1; k >= 0; k--) {
      from += outStrides[k]
      if (++at[k] < outDims[k]) break
      from -= outStrides[k] * outDims[k]
      at[k] = 0
    }
  }
  return { ...source, dims: outDims, data: out }
}

/** 0 keeps an axis, −1 takes what is left. */
export function reshaped(source: Constant, shape: readonly number[]): Constant | NotConstant {
  const kept = shape.map((size, axis) => (size === 0 ? (source.dims[axis] ?? 0) : size))
  const known = product(kept.filter(size => size !== -1))
  const dims = kept.map(size => (size === -1 ? source.data.length / known : size))
  const isShape = dims.every(size => Number.isSafeInteger(size) && size >= 0)
  return isShape && product(dims) === source.data.length
    ? { ...source, dims }
    : { reason: `has ${source.data.length} numbers, which do not fill [${shape.join(', ')}]` }
}

/** Without these axes of size 1, or without all of them. */
export function withoutAxes(source: Constant, axes: readonly number[]): Constant | NotConstant {
  const { dims } = source
  const dropped = axes.map(axis => (axis < 0 ? axis + dims.length : axis))
  const rest = dims.filter((size, axis) => (axes.length > 0 ? !dropped.includes(axis) : size !== 1))
  return reshaped(source, rest)
}

/** With axes of size 1 at these places of the answer. */
export function withAxes(source: Constant, axes: readonly number[]): Constant {
  const rank = source.dims.length + axes.length
  const dims = [...source.dims]
  for (const axis of axes.map(axis => (axis < 0 ? axis + rank : axis)).sort((a, b) => a - b)) {
    dims.splice(axis, 0, 1)
  }
  return { ...source, dims }
}
