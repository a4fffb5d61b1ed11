import type { NdArray, TypedArray } from '../formats/ndarray.ts'
import type { Matrix } from '../math/matrix.ts'
import { UserError } from '../user-error.ts'
import type { Labels } from './labels.ts'

/** An array as a matrix [n, cols] of finite float32 numbers. `name` is what messages call it. */
export function toMatrix(array: NdArray, name: string): Matrix<Float32Array> {
  const [rows, cols] = expectMatrix(array.shape, name)
  const matrix = { rows, cols, data: toFloat32(array.data) }
  expectFinite(matrix, name)
  return matrix
}

/** Refuses the shape of anything but a matrix. */
export function expectMatrix(shape: readonly number[], name: string): [rows: number, cols: number] {
  if (shape.length === 2) return [shape[0], shape[1]]
  throw new UserError('shape', `${name}: expected [n, numbers an example], got [${shape.join(', ')}]`)
}

/** An array as a vector of finite float32 numbers. */
export function toVector(array: NdArray, name: string): Float32Array {
  const data = toFloat32(array.data)
  if (array.shape.filter(size => size !== 1).length > 1) {
    throw new UserError('shape', `${name}: expected one axis, got [${array.shape.join(', ')}]`)
  }
  expectFinite({ rows: data.length, cols: 1, data }, name)
  return data
}

/** Class indices, one for each example. Whole numbers in any numeric type; their range is checked later. */
export function toLabels({ shape, data }: NdArray, name: string): Int32Array {
  if (shape.filter((size, axis) => axis > 0 && size !== 1).length > 0 || shape.length === 0) {
    throw new UserError(
      'shape',
      `${name}: expected one class index an example [n], got [${shape.join(', ')}], save the argmax where they are one-hot, or add --activation sigmoid where each is yes or no`,
    )
  }
  return Int32Array.from(data as ArrayLike<number | bigint>, (value, i) => {
    const label = Number(value)
    if (Number.isInteger(label) && label >= 0 && label < 2 ** 31) return label
    throw new UserError('value', `${name}: label ${value} at row ${i}, expected a class index, 0 or more`)
  })
}

/** Labels of an array: class indices, where it holds one whole number an example, 0 or more, else numbers. */
export function labelsOf(array: NdArray, name: string): Labels {
  const { shape, data } = array
  const perExample = shape.filter((_, axis) => axis > 0).reduce((product, size) => product * size, 1)
  const areIndices = (data as ArrayLike<number | bigint> & { every: Uint8Array['every'] }).every(
    value => Number.isInteger(Number(value)) && Number(value) >= 0,
  )
  if (shape.length === 0 || shape.length > 2 || (perExample === 1 && areIndices)) {
    return { labels: toLabels(array, name), values: null, classes: null }
  }
  const values = toMatrix({ ...array, shape: [shape[0], perExample] }, name)
  return { labels: null, values, classes: null }
}

/** Refuses numbers where one class an example is needed, as `toLabels` does. */
export function expectClasses({ rows, cols, data }: Matrix<Float32Array>, name: string): void {
  toLabels({ dtype: 'float32', shape: cols === 1 ? [rows] : [rows, cols], data }, name)
}

/** Refuses labels outside 0 … c − 1, the first one by name. */
export function expectLabelsBelow(labels: Int32Array, c: number, name: string): void {
  const row = labels.findIndex(label => label >= c)
  if (row < 0) return
  const startsAtOne = labels.includes(1) && labels.every(label => label >= 1 && label <= c)
  throw new UserError(
    'value',
    `${name}: label ${labels[row]} at row ${row}, expected 0 to ${c - 1} for ${c} output${c === 1 ? '' : 's'}` +
      `${startsAtOne ? ', these start at 1: subtract 1' : ''}`,
  )
}

/** Refuses NaN and infinity, naming the place; row 0 of the matrix is row `start` there. */
export function expectFinite({ rows, cols, data }: Matrix, name: string, start = 0): void {
  for (let k = 0; k < rows * cols; k++) {
    if (Number.isFinite(data[k])) continue
    throw new UserError('value', `${name}: ${data[k]} at ${placeOf(k, cols, start)}, expected finite numbers`)
  }
}

/** Where element k of a matrix stands, for messages. */
export function placeOf(k: number, cols: number, start = 0): string {
  const row = `row ${start + Math.floor(k / cols)}`
  return cols === 1 ? row : `${row}, column ${k % cols}`
}

/** Numbers in single precision; not a copy where they are so already. */
export function toFloat32(data: TypedArray): Float32Array {
  if (data instanceof Float32Array) return data
  if (data instanceof BigInt64Array || data instanceof BigUint64Array) return Float32Array.from(data, Number)
  return new Float32Array(data)
}
