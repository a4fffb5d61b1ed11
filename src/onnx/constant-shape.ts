import type { Constant, NotConstant, Numbers } from './tensor.ts'

/*
 * Constants in other shapes, as ONNX's operators of these names make them.
 */

export const product = (sizes: readonly number[]): number => sizes.reduce((total, size) => total * size, 1)

/** Axis k of the answer is axis perm[k] of the source; without a permutation the axes turn round. */
export function transposed(source: Constant, perm: readonly number[] | undefined): Constant | NotConstant {
  const { dims } = source
  const rank = dims.length
  const order = perm && perm.length > 0 ? perm : dims.map((_, k) => rank - 1 - k)
  if (order.length !== rank || dims.some((_, axis) => !order.includes(axis))) {
    return { reason: `is a tensor of ${rank} axes transposed by [${order.join(', ')}]` }
  }
  const strides = dims.map((_, axis) => product(dims.slice(axis + 1)))
  const outDims = order.map(axis => dims[axis])
  const outStrides = order.map(axis => strides[axis])
  const numbers = async () => reordered(await source.numbers(), outDims, outStrides)
  return { ...source, dims: outDims, numbers }
}

/** The numbers of a tensor of these sizes, where one step along axis k is `strides[k]` numbers of the data. */
function reordered(data: Numbers, dims: readonly number[], strides: readonly number[]): Numbers {
  const out = data.slice()
  const at = new Array<number>(dims.length).fill(0)
  for (let i = 0, from = 0; i < data.length; i++) {
    out[i] = data[from]
    // Counts up like an odometer: the last axis turns fastest.
    for (let k = dims.length - 1; k >= 0; k--) {
      from += strides[k]
      if (++at[k] < dims[k]) break
      from -= strides[k] * dims[k]
      at[k] = 0
    }
  }
  return out
}

/** 0 keeps an axis, −1 takes what is left. */
export function reshaped(source: Constant, shape: readonly number[]): Constant | NotConstant {
  const size = product(source.dims)
  const kept = shape.map((to, axis) => (to === 0 ? (source.dims[axis] ?? 0) : to))
  const known = product(kept.filter(to => to !== -1))
  const dims = kept.map(to => (to === -1 ? size / known : to))
  const isShape = dims.every(to => Number.isSafeInteger(to) && to >= 0)
  return isShape && product(dims) === size
    ? { ...source, dims }
    : { reason: `has ${size} numbers, which do not fill [${shape.join(', ')}]` }
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
